"""Makes flags, files and checks of settings from one frozen dataclass, where each stands once.

A field made by `setting` has type, default, help and bounds. Its type is `bool`, `int`, `float`,
`str`, one of these or None, a tuple of one, or a type of its own with a function `read` that makes
it from text; `str` gives that text back.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Callable, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from absl import flags

from tfgan_codec.errors import UsageError
from tfgan_codec.specs.names import nearest

T = TypeVar("T")
_WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


class _Setting(NamedTuple):
    """Holds a field. base: type of one value; many: whether it holds a tuple of such values."""

    name: str
    base: Any
    many: bool
    default: Any
    help: str
    choices: Sequence[str]
    least: float | None
    most: float | None
    above: float | None
    read: Callable[[str], Any] | None


def setting(
    default: Any,
    help: str,
    *,
    choices: Sequence[str] = (),
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    read: Callable[[str], Any] | None = None,
) -> Any:
    """Returns a field for a dataclass of settings. Its words are among `choices`; its numbers are
    finite, from `least` to `most`, and larger than `above`."""
    rules = {"help": help, "choices": choices, "read": read}
    bounds = {"least": least, "most": most, "above": above}
    return dataclasses.field(default=default, metadata={**rules, **bounds})


def define(cls: type, values: flags.FlagValues) -> None:
    """Defines a flag for each field of the dataclass `cls`."""
    kw: dict[str, Any] = {"flag_values": values}
    for name, base, many, default, text, choices, least, most, _, read in _settings(cls):
        if many:
            flags.DEFINE_multi_string(name, [str(one) for one in default], text, **kw)
        elif choices:
            flags.DEFINE_enum(name, default, choices, text, **kw)
        elif base is bool:
            flags.DEFINE_bool(name, default, text, **kw)
        elif base is str or read:
            flags.DEFINE_string(name, default if default is None else str(default), text, **kw)
        else:
            number: Callable[..., Any] = flags.DEFINE_integer if base is int else flags.DEFINE_float
            number(name, default, text, lower_bound=least, upper_bound=most, **kw)


def given(cls: type, values: flags.FlagValues) -> dict[str, Any]:
    """Returns, by name, the settings that the command line or flag files on it give."""
    return {f.name: values[f.name].value for f in _settings(cls) if values[f.name].present}


def make(cls: type[T], found: Mapping[str, Any], where: str = "") -> T:
    """Returns a `cls` of the settings found, as JSON or flags have them, and of defaults.

    where: what errors begin with, such as the name of a file.
    """
    known = {each.name: each for each in _settings(cls)}
    for name in found:
        if name not in known:
            raise UsageError(f"{where}{nearest('setting', name, known)}")
    return cls(**{name: _value(known[name], value, where) for name, value in found.items()})


def check(settings: Any) -> None:
    """Raises `UsageError` for a number or word out of its bounds; dataclasses call it when made."""
    for each in _settings(type(settings)):
        value = getattr(settings, each.name)
        if each.choices and value not in each.choices:
            raise UsageError(f"--{each.name}: {nearest('choice', str(value), each.choices)}")
        if isinstance(value, float) and not math.isfinite(value):
            raise UsageError(f"--{each.name} must be a finite number, not {value}")
        if value is not None and each.least is not None and not value >= each.least:
            raise UsageError(f"--{each.name} must be {each.least:g} or more, not {value:g}")
        if value is not None and each.most is not None and not value <= each.most:
            raise UsageError(f"--{each.name} must be {each.most:g} or less, not {value:g}")
        if value is not None and each.above is not None and not value > each.above:
            raise UsageError(f"--{each.name} must be more than {each.above:g}, not {value:g}")


def to_json(settings: Any) -> dict[str, Any]:
    """Returns the settings by name as JSON can hold them and `make` takes them."""
    shown = {each.name: getattr(settings, each.name) for each in _settings(type(settings))}
    return {k: [*map(_text, v)] if isinstance(v, tuple) else _text(v) for k, v in shown.items()}


def load(path: str | Path) -> dict[str, Any]:
    """Reads a file of settings, a mapping in JSON or, if its name ends so, in YAML."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        found = _yaml(text, path) if str(path).endswith((".yaml", ".yml")) else json.loads(text)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"cannot read settings from {path}: {reason}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{path} holds no settings: write names and values, as in run.json")
    return found


def _yaml(text: str, path: str | Path) -> Any:
    try:
        import yaml  # type: ignore[import-untyped]
    except ImportError:
        raise UsageError(
            f"{path} is YAML, which PyYAML reads: pip install pyyaml, or write JSON"
        ) from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(error) from None


def _settings(cls: type) -> Iterable[_Setting]:
    hints = get_type_hints(cls)
    for field in dataclasses.fields(cls):
        hint = hints[field.name]
        many = get_origin(hint) is tuple
        bases = [each for each in get_args(hint) if each not in (type(None), Ellipsis)]
        base = bases[0] if bases else hint
        yield _Setting(field.name, base, many, field.default, **field.metadata)


def _value(each: _Setting, value: Any, where: str) -> Any:
    """Returns the value of a field from what JSON, YAML or a flag has for it."""
    if value is None:
        return each.default
    if not each.many:
        return _one(each, value, where)
    return tuple(_one(each, one, where) for one in (value if isinstance(value, list) else [value]))


def _one(each: _Setting, value: Any, where: str) -> Any:
    if each.read and isinstance(value, (str, int, float)):
        return each.read(str(value))
    try:  # YAML takes 1e-4 for text
        if each.base is float and isinstance(value, (str, int)) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, each.base) and not (each.base is int and isinstance(value, bool)):
            return value
    except (ValueError, OverflowError):
        pass
    raise UsageError(f"{where}{each.name} must be {_WORDS.get(each.base, 'text')}, not {value!r}")


def _text(value: Any) -> Any:
    """Returns a value as JSON can hold it."""
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
