"""Reads the fields of a bundle's ``manifest.json``, which anybody can have written.

Every field is checked for its type and range where it is taken. Only the standard library is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tfgan_codec.errors import BundleError, shown

# Of models and files: no separators of paths, nothing that a terminal or a shell reads differently.
_SAFE_NAME = re.compile(r"\w[\w .+-]{0,63}")


class Manifest:
    """An object of the manifest: the whole, or one inside it that `what` names.

    Attributes:
      values: its fields as they are, unchecked.
    """

    def __init__(self, values: object, what: str = "the manifest") -> None:
        if not isinstance(values, Mapping):
            raise BundleError(f"{what} is not a JSON object; export the bundle again")
        self.values, self._what = values, what

    def child(self, key: str) -> Manifest:
        """An object."""
        return Manifest(self.values.get(key), f"{key} of {self._what}")

    def list(self, key: str) -> list[Any]:
        """A list of anything."""
        found: list[Any] = self._get(key, list)
        return found

    def string(self, key: str) -> str:
        """Any text."""
        return str(self._get(key, str))

    def name(self, key: str) -> str:
        """A name as `safe_name` allows it."""
        return safe_name(self.string(key))

    def integer(self, key: str, most: int | None = None) -> int:
        """A whole number; if `most` is given, from 0 to that."""
        return int(self._within(key, most, int))

    def number(self, key: str, most: float) -> float:
        """A number from 0 to `most`."""
        return float(self._within(key, most, int, float))

    def _within(self, key: str, most: float | None, *types: type) -> Any:
        value = self._get(key, *types)
        if most is not None and not 0 <= value <= most:  # NaN is not either
            raise self._error(key, f"{shown(value)}, outside 0..{most}")
        return value

    def _get(self, key: str, *types: type) -> Any:
        value = self.values.get(key)
        if type(value) not in types:  # True is no number, though `isinstance` says so
            raise self._error(
                key, "missing" if value is None else f"{shown(value)}, which cannot be"
            )
        return value

    def _error(self, key: str, fault: str) -> BundleError:
        return BundleError(f"{key} of {self._what} is {fault}; export the bundle again")


def safe_name(name: object) -> str:
    """Returns a name that is one in every file system, on every terminal and in every report."""
    if not isinstance(name, str) or not _SAFE_NAME.fullmatch(name):
        raise BundleError(
            f"'{shown(name)}' is not a plain name: up to 64 letters, digits and any of ' .+-_'"
        )
    return name
