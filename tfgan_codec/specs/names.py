"""Looks things up by names that people type, and makes them."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Iterable, Mapping
from typing import Any, Callable, Generic, TypeVar

from tfgan_codec.errors import UsageError
from tfgan_codec.specs.grammar import Spec, parse
from tfgan_codec.specs.ramps import Ramp

T = TypeVar("T")


def nearest(what: str, name: str, known: Iterable[str]) -> UsageError:
    """Returns the error for a name that does not exist; it suggests the most similar ones."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return UsageError(f"unknown {what} {name!r}: {hint}choose from {', '.join(known)}")


def choose(what: str, name: str, registry: Mapping[str, T]) -> T:
    """Returns `registry[name]`, or raises a `UsageError` that suggests the most similar names."""
    if name not in registry:
        raise nearest(what, name, registry)
    return registry[name]


def check_arguments(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raises a `UsageError` for the first name in `given` that is not in `known`."""
    known = set(known)
    for key in given:
        if key not in known:
            raise nearest(f"argument of {what}", key, known)


class Registry(Generic[T]):
    """Makes things by name.

    what: a word for one of them, for errors. makers: by name a class, or its place `module.Class`
    in `package`, from where it is imported when the name is first asked for.
    """

    def __init__(self, what: str, makers: Mapping[str, Callable[..., T] | str], package: str = ""):
        self.what = what
        self.makers = makers
        self.package = package

    def find(self, name: str) -> Callable[..., T]:
        """Returns the class of a name; raises `UsageError` if there is none."""
        maker = choose(self.what, name, self.makers)
        if not isinstance(maker, str):
            return maker
        module, _, owner = maker.rpartition(".")
        found: Callable[..., T] = getattr(
            importlib.import_module(f"{self.package}.{module}"), owner
        )
        return found

    def make(self, spec: str | Spec, offered: Mapping[str, Any] | None = None, /, **more: Any) -> T:
        """Makes what a spec, or the text of one, asks for.

        offered: arguments for classes that take them, unless the spec gives them itself.
        more: arguments for every class; a spec cannot give them.
        """
        name, arguments = parse(spec) if isinstance(spec, str) else spec
        maker = self.find(name)
        known = _arguments(maker)
        check_arguments(f"{self.what} {name}", arguments, known)
        if any(isinstance(value, Ramp) for value in arguments.values()):
            raise UsageError(
                f"{self.what} {name}: a ramp needs training.ramps.Ramps, and FollowRamps in fit"
            )
        wanted = {key: value for key, value in (offered or {}).items() if key in known}
        return maker(**{**wanted, **arguments}, **more)


def _arguments(maker: Callable[..., Any]) -> list[str]:
    """Returns the named arguments of a function or class, a base's too if it passes `**kwargs`."""
    classes = maker.__mro__[:-1] if isinstance(maker, type) else [maker]
    names: list[str] = []
    for owner in classes:
        if "tfgan_codec" not in owner.__module__:
            break
        parameters = inspect.signature(owner).parameters.values()
        names += [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        if not any(p.kind == p.VAR_KEYWORD for p in parameters):
            break
    return names
