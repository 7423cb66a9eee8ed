"""Reads ramps: numbers, such as weights, that change with the share of a run that is done.

A ramp is written `VALUE@SHARE,VALUE@SHARE`: it is linear between the points, constant outside them,
and jumps where two points have the same share. `0@0.3,1@0.5` is a warm-up: 0 for 30 % of the run,
1 from its half on. A ramp depends on nothing but the share, so checkpoints need not hold it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Union

from tfgan_codec.errors import UsageError


@dataclass(frozen=True)
class Ramp:
    """Holds the points (share of the run in [0, 1], value) of a ramp, shares rising."""

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        shares = [share for share, _ in self.points]
        finite = all(math.isfinite(number) for point in self.points for number in point)
        if not shares or not finite or shares != sorted(shares) or shares[0] < 0 or shares[-1] > 1:
            raise UsageError("the shares of a ramp must rise from 0 to 1: for example 0@0.2,1@0.5")

    def __str__(self) -> str:
        return ",".join(f"{plain(value)}@{plain(share)}" for share, value in self.points)

    def at(self, share: float) -> float:
        """Returns the value when `share` of the run, in [0, 1], is done."""
        before = [point for point in self.points if point[0] <= share]
        after = [point for point in self.points if point[0] > share]
        if not before or not after:
            return (before[-1] if before else after[0])[1]
        (left, low), (right, high) = before[-1], after[0]
        return low + (high - low) * (share - left) / (right - left)


Number = Union[float, Ramp]


def is_ramp(text: str) -> bool:
    """Returns whether a text is meant as a ramp: it begins with a number and an @."""
    return re.match(r"[-+.\deE]+@", text) is not None


def read_ramp(text: str) -> Ramp:
    """Reads a ramp from a text `VALUE@SHARE,VALUE@SHARE,...`; raises `UsageError`."""
    points = []
    for point in text.split(","):
        value, _, share = point.partition("@")
        try:
            points.append((float(share), float(value)))
        except ValueError:
            raise UsageError(
                f"cannot read {point!r} of ramp {text!r}: write VALUE@SHARE,VALUE@SHARE, "
                "for example 0@0.2,1@0.5"
            ) from None
    return Ramp(tuple(points))


def read_number(text: str) -> Number:
    """Reads a number or a ramp from a text; raises `UsageError` if it is neither."""
    if is_ramp(text):
        return read_ramp(text)
    try:
        return float(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is neither a number nor a ramp VALUE@SHARE,VALUE@SHARE"
        ) from None


def plain(number: float) -> str:
    """Returns a number as short text, without a +, which would separate the items of a list."""
    return repr(number).replace("e+", "e").removesuffix(".0")
