"""Checks what users hand to functions: wrong arguments are named, in one line."""

from __future__ import annotations

import math
import numbers
import operator
import os
import reprlib
from typing import Any

from tfgan_codec.errors import UsageError, shown


def given(value: Any) -> str:
    """Returns a wrong argument as messages repeat it: shortened, and safe to print."""
    return shown(reprlib.repr(value))


def whole(name: str, value: Any) -> int:
    """Returns a number of any integer type but bool; raises `UsageError` for anything else."""
    if not _is_whole(value):
        raise UsageError(f"{name} must be a whole number, not {given(value)}")
    return operator.index(value)


def within(name: str, value: Any, least: int, most: int) -> int:
    """Returns a whole number if it is within bounds; raises `UsageError` for anything else."""
    if not _is_whole(value) or not least <= operator.index(value) <= most:
        raise UsageError(f"{name} must be a whole number, {least} to {most}, not {given(value)}")
    return operator.index(value)


def finite(name: str, value: Any) -> float:
    """Returns a finite number of any type but bool; raises `UsageError` for anything else."""
    try:
        number = float(value) if isinstance(value, numbers.Real) else math.nan
    except OverflowError:  # an integer of hundreds of digits
        number = math.inf
    if isinstance(value, bool) or not math.isfinite(number):
        raise UsageError(f"{name} must be a number, not {given(value)}")
    return number


def positive(name: str, value: Any) -> float:
    """Returns a finite number above 0; raises `UsageError` for anything else."""
    if finite(name, value) <= 0:
        raise UsageError(f"{name} must be a positive number, not {given(value)}")
    return float(value)


def path(name: str, value: Any) -> str:
    """Returns a path that is given as text or as an object such as `pathlib.Path`."""
    text = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(text, str) or "\0" in text:
        raise UsageError(f"{name} must be a name or path, not {given(value)}")
    return text


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)
