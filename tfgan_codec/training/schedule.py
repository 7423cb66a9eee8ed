"""How far a run is, and what follows from it: the learning rate, and the phase."""

from __future__ import annotations

import math
import time
from typing import NamedTuple

import tensorflow as tf

from tfgan_codec.errors import UsageError


class Limit(NamedTuple):
    """When a run ends: after so many steps, or so many minutes of training, whichever is first."""

    steps: int | None = None
    minutes: float | None = None


class Progress:
    """The share of a run that is done, in [0, 1]; survives interruptions through `spent`.

    Schedules follow this share and not the step, so that a run bounded by time still ends with a
    small learning rate on a machine of any speed.
    """

    def __init__(self, limit: Limit):
        if limit.steps is None and limit.minutes is None:
            raise UsageError("a run needs an end: give --steps or --minutes")
        self.limit = limit
        self.spent = tf.Variable(0.0, dtype=tf.float64, trainable=False, name="seconds_spent")
        self._last = time.monotonic()

    def start(self) -> None:
        """Sets the clock going; time before this call does not count."""
        self._last = time.monotonic()

    def update(self, step: int) -> float:
        """The share done after `step` steps, by whichever limit is nearer."""
        now = time.monotonic()
        self.spent.assign_add(now - self._last)
        self._last = now
        shares = [0.0]
        if self.limit.steps is not None:
            shares.append(step / self.limit.steps)
        if self.limit.minutes is not None:
            shares.append(float(self.spent) / (60.0 * self.limit.minutes))
        return min(1.0, max(shares))


def constant(peak: float, share: float, step: int) -> float:
    """Learning rate: always `peak`."""
    return peak


def half_step(peak: float, share: float, step: int) -> float:
    """Learning rate: a tenth in the second half of the run, as HiFiC's."""
    return peak if share < 0.5 else 0.1 * peak


def warmup_cosine(peak: float, share: float, step: int, warmup: int = 200, floor: float = 0.01):
    """Learning rate: linear over `warmup` steps, then a half cosine down to `floor * peak`."""
    cosine = floor + (1.0 - floor) * 0.5 * (1.0 + math.cos(math.pi * share))
    return peak * min(1.0, (step + 1) / warmup) * cosine


SCHEDULES = {"constant": constant, "cosine": warmup_cosine, "step": half_step}
