"""Looking things up by names that people type."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping
from typing import Any, Callable, TypeVar

from tfgan_codec.errors import UsageError

T = TypeVar("T")


def choose(what: str, name: str, registry: Mapping[str, T]) -> T:
    """`registry[name]`; a `UsageError` that suggests the nearest names if there is none."""
    if name in registry:
        return registry[name]
    near = difflib.get_close_matches(name, registry, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise UsageError(f"unknown {what} {name!r}: {hint}choose from {', '.join(sorted(registry))}")


def make(
    what: str,
    name: str,
    registry: Mapping[str, Callable[..., T]],
    arguments: Mapping[str, Any],
    /,
    **more: Any,
) -> T:
    """`registry[name](**arguments, **more)`; unknown names of arguments are a `UsageError` too."""
    maker = choose(what, name, registry)
    known = dict.fromkeys(_arguments(maker))
    for key in arguments:
        choose(f"argument of {what} {name}", key, known)
    return maker(**arguments, **more)


def parse(text: str) -> tuple[str, dict[str, bool | float | int | str]]:
    """`name:key=value:key=value` -> the name and its arguments as numbers, booleans or strings."""
    name, *fields = text.split(":")
    arguments: dict[str, bool | float | int | str] = {}
    for field in fields:
        key, equals, value = field.partition("=")
        if not (key and equals and value):
            raise UsageError(f"cannot read {field!r} of {text!r}: write name:key=value:key=value")
        arguments[key] = _value(value)
    return name, arguments


def _arguments(maker: Callable[..., Any]) -> list[str]:
    """The named arguments of a function or class; those of a base class where `**kwargs` go on."""
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


def _value(text: str) -> bool | float | int | str:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
