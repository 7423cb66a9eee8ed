"""Reads the fields of a bundle's ``manifest.json``, which anybody can have written.

Every field is checked for its type and range where it is taken. Only the standard library is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tfgan_codec.errors import BundleError, shown

# Names of models and files hold no separators of paths, and nothing special to terminal or shell.
_SAFE_NAME = re.compile(r"\w[\w .+-]{0,63}")


class Manifest:
    """Holds a JSON object of the manifest, the outermost one or one inside it.

    Every method takes the name of a field and raises `BundleError` if that is missing or unfit.

    Attributes:
      values: the fields as they are, unchecked.
    """

    def __init__(self, values: object, what: str = "the manifest") -> None:
        if not isinstance(values, Mapping):
            raise BundleError(f"{what} is not a JSON object; export the bundle again")
        self.values, self._what = values, what

    def child(self, key: str) -> Manifest:
        """Returns a field that is a JSON object itself."""
        return Manifest(self.values.get(key), f"{key} of {self._what}")

    def list(self, key: str) -> list[Any]:
        """Returns a field that is a list, whose items are unchecked."""
        found: list[Any] = self._get(key, list)
        return found

    def string(self, key: str) -> str:
        """Returns a field that is text."""
        return str(self._get(key, str))

    def name(self, key: str) -> str:
        """Returns a field that is a name as `safe_name` allows it."""
        return safe_name(self.string(key))

    def integer(self, key: str, most: int | None = None) -> int:
        """Returns a field that is a whole number and, if `most` is given, in 0..`most`."""
        return int(self._within(key, most, int))

    def number(self, key: str, most: float) -> float:
        """Returns a field that is a number from 0 to `most`."""
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
    """Returns a name if it is safe in every file system, terminal and report; `BundleError` if it
    is not."""
    if not isinstance(name, str) or not _SAFE_NAME.fullmatch(name):
        raise BundleError(
            f"'{shown(name)}' is not a plain name: up to 64 letters, digits and any of ' .+-_'"
        )
    return name
