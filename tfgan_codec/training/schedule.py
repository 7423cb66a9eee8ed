"""How far a run is, and what follows from it: the learning rate, and the phase."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
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
        self.share = 0.0
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
        self.share = min(1.0, max(shares))
        return self.share


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


class FollowProgress(tf.keras.callbacks.Callback):
    """Sets the learning rates from the share of the run that is done; stops at `until`.

    `d_factor`: the discriminators' learning rate as a multiple of the codec's.
    """

    def __init__(
        self,
        progress: Progress,
        rate: Callable[[float, int], float],
        until: float,
        d_factor: float = 1.0,
    ):
        super().__init__()
        self.progress = progress
        self.rate = rate
        self.until = until
        self.d_factor = d_factor

    def on_train_batch_begin(self, batch: int, logs: dict | None = None):
        step = int(self.model.g_optimizer.iterations)
        share = self.progress.update(step)
        rate = self.rate(share, step)
        self.model.g_optimizer.learning_rate = rate
        if self.model.d_optimizer is not None:
            self.model.d_optimizer.learning_rate = self.d_factor * rate

    def on_train_batch_end(self, batch: int, logs: dict | None = None):
        if self.progress.update(int(self.model.g_optimizer.iterations)) >= self.until:
            self.model.stop_training = True
