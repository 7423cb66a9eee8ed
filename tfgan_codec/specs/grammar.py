"""Reads and writes the one language of flag values, `place:...:option:...`.

    text   = place *( ":" place ) *( ":" option )
    option = key "=" value / switch               ; a switch alone means switch=true
    value  = "true" / "false" / number / numbers / ramp / string
    numbers = number 1*( "+" number )             ; a list, such as 1000+2000
    ramp   = number "@" share *( "," number "@" share )

The caller says which places and switches there are: a `Spec` has one place, its name; a phase has
five, and switches such as `gan`. A string is whatever is nothing else; where it stands for several
names, `+` separates these too. `docs/training.md` has the table for users.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Union

from tfgan_codec.errors import UsageError
from tfgan_codec.specs.ramps import Ramp, is_ramp, plain, read_ramp

Value = Union[bool, int, float, str, Ramp, tuple[float, ...]]


class Spec(NamedTuple):
    """Says what to make, and with which arguments: `name:key=value:key=value` as text."""

    name: str
    arguments: dict[str, Value]

    def __str__(self) -> str:
        options = (f"{key}={write(value)}" for key, value in self.arguments.items())
        return ":".join([self.name, *options])


def parse(text: str) -> Spec:
    """Reads a spec from a text `name:key=value:key=value`; raises `UsageError`."""
    (name,), arguments = split(text, 1, "name:key=value:key=value")
    return Spec(name, arguments)


def split(
    text: str, places: int, form: str, switches: Sequence[str] = ()
) -> tuple[list[str], dict[str, Value]]:
    """Returns the texts of the first `places` fields of a flag's value, and the options after them.

    switches: names of options that may stand without a value. form: what to write, for errors.
    """
    fields = text.split(":")
    options: dict[str, Value] = {}
    for field in fields[places:]:
        key, equals, value = field.partition("=")
        if not (key and equals and value) and field not in switches:
            raise UsageError(f"cannot read {field!r} of {text!r}: write {form}")
        options[key] = read(value) if equals else True
    if len(fields) < places:
        raise UsageError(f"cannot read {text!r}: write {form}")
    return fields[:places], options


def read(text: str) -> Value:
    """Returns the value that a text stands for: the first of the kinds above that fits it."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    if is_ramp(text):
        return read_ramp(text)
    try:
        return tuple(map(float, text.split("+")))
    except ValueError:
        return text


def write(value: Value | tuple[str, ...]) -> str:
    """Returns the text of an option's value, of which `read` makes the same value again."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "+".join(plain(one) if isinstance(one, float) else one for one in value)
    return repr(value).replace("e+", "e") if isinstance(value, float) else str(value)
