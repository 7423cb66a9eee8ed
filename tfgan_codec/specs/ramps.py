"""Numbers that follow the share of a run that is done: weights, targets, blur, difficulty.

Written `VALUE@SHARE,VALUE@SHARE`: straight lines between the points, constant outside them, and a
jump where two points have the same share. `0@0.3,1@0.5` is a warm-up: 0 for 30 % of the run, 1 from
its half on. A ramp depends on nothing but the share, so there is nothing of it to save.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tfgan_codec.errors import UsageError


class Ramp:
    """`variable` holds the value at the share it was last `set` to; use it like a number."""

    def __init__(self, points: Sequence[tuple[float, float]]):
        """`points`: (share, value), shares rising."""
        shares = [share for share, _ in points]
        if not points or shares != sorted(shares) or shares[0] < 0 or shares[-1] > 1:
            raise UsageError("the shares of a ramp must rise from 0 to 1: for example 0@0.2,1@0.5")
        self.points = list(points)
        # Replicas all read the same number, which the callback sets from outside of the step.
        self.variable = tf.Variable(points[0][1], dtype=tf.float32, trainable=False)

    def at(self, share: float) -> float:
        """The value when `share` of the run is done."""
        before = [point for point in self.points if point[0] <= share]
        after = [point for point in self.points if point[0] > share]
        if not before or not after:
            return (before[-1] if before else after[0])[1]
        (left, low), (right, high) = before[-1], after[0]
        return low + (high - low) * (share - left) / (right - left)

    def set(self, share: float) -> None:
        self.variable.assign(self.at(share))


def read_ramp(text: str) -> Ramp:
    """`VALUE@SHARE,VALUE@SHARE,...` -> a ramp."""
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
    return Ramp(points)


def number(value: float | str, ramps: list[Ramp]) -> float | tf.Variable:
    """A number from what a flag says: itself, or the variable of a ramp, which joins `ramps`."""
    if _is_ramp(value):
        ramps.append(read_ramp(value))
        return ramps[-1].variable
    try:
        return float(value)
    except ValueError:
        raise UsageError(
            f"{value!r} is neither a number nor a ramp VALUE@SHARE,VALUE@SHARE"
        ) from None


def resolve(arguments: dict[str, Any], ramps: list[Ramp] | None) -> dict[str, Any]:
    """The arguments of a loss or technique with variables for ramps, which join `ramps`; with None
    there must not be any, for nobody would move them."""
    found = [name for name, value in arguments.items() if _is_ramp(value)]
    if found and ramps is None:
        raise UsageError("a ramp VALUE@SHARE needs build(..., ramps=[]), and FollowRamps in fit")
    return {**arguments, **{name: number(arguments[name], ramps) for name in found}}


def _is_ramp(value: Any) -> bool:
    return isinstance(value, str) and re.match(r"[-+.\deE]+@", value) is not None
