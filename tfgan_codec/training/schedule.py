"""Tells how far a run is, and sets the learning rates that follow from it."""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.specs.grammar import parse
from tfgan_codec.specs.names import check_arguments, choose
from tfgan_codec.step.updates import steps_of
from tfgan_codec.training.config import Limit


class Progress:
    """Tells the share of a run that is done, in [0, 1]; checkpoints keep `spent`, in seconds.

    Schedules follow this share and not the step, so that a run bounded by time still ends with a
    small learning rate on a machine of any speed.
    """

    def __init__(self, limit: Limit):
        if limit.steps is None and limit.minutes is None:
            raise UsageError("a run needs an end: give --steps or --minutes")
        if any(end is not None and not end > 0 for end in limit):
            raise UsageError("--steps and --minutes must be more than 0")
        self.limit = limit
        self.share = 0.0
        self.spent = tf.Variable(0.0, dtype=tf.float64, trainable=False, name="seconds_spent")
        self._last = time.monotonic()

    def start(self) -> None:
        """Starts the clock; time before this call does not count."""
        self._last = time.monotonic()

    def update(self, step: int) -> float:
        """Returns the share done after `step` steps, by whichever limit is nearer."""
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
    """Returns the learning rate `peak`, whatever the share of the run."""
    return peak


def half_step(peak: float, share: float, step: int) -> float:
    """Returns the learning rate `peak`, and a tenth of it in the second half, as HiFiC's."""
    return peak if share < 0.5 else 0.1 * peak


def warmup_cosine(peak: float, share: float, step: int, warmup: int = 200, floor: float = 0.01):
    """Returns a rate that rises over `warmup` steps, if any, and falls as a cosine to `floor *
    peak`."""
    cosine = floor + (1.0 - floor) * 0.5 * (1.0 + math.cos(math.pi * share))
    return peak * min(1.0, (step + 1) / max(1.0, warmup)) * cosine


# Maps the share of a run that is done, and the optimizer's step, to the learning rate.
Rate = Callable[[float, int], float]


def build(text: str, peak: float) -> Rate:
    """Makes a learning rate from the text of a flag.

    `constant`, `cosine:warmup=200:floor=0.01` and `step` follow the share of the run; the classes
    of `tf.keras.optimizers.schedules` follow the step, for example
    `ExponentialDecay:decay_steps=1000:decay_rate=0.5` or
    `PiecewiseConstantDecay:boundaries=1000+2000:values=1e-3+1e-4+1e-5`. `peak` is the highest rate
    and, unless the text names another one, Keras' `initial_learning_rate`.
    """
    name, arguments = parse(text)
    shares = {"constant": constant, "cosine": warmup_cosine, "step": half_step}
    known: dict[str, Callable[..., Any]] = {**shares, **_keras_schedules()}
    maker = choose("schedule", name, known)
    takes = set(inspect.signature(maker).parameters) - {"peak", "share", "step"}
    check_arguments(f"schedule {name}", arguments, takes)
    if name in shares:
        for key, value in arguments.items():
            sane = isinstance(value, (int, float)) and 0 <= value < math.inf
            if isinstance(value, bool) or not sane:
                raise UsageError(f"schedule {text!r}: {key} must be a number of 0 or more")
        return lambda share, step: maker(peak, share, step, **arguments)
    if "initial_learning_rate" in takes:
        arguments.setdefault("initial_learning_rate", peak)
    try:
        schedule = maker(**arguments)
        if not math.isfinite(schedule(0)):
            raise ValueError("its first learning rate is not finite")
    except (TypeError, ValueError) as error:
        raise UsageError(f"cannot make the schedule {text!r}: {error}") from None
    return lambda share, step: float(schedule(step))


def _keras_schedules() -> dict[str, type]:
    base = tf.keras.optimizers.schedules.LearningRateSchedule
    found = vars(tf.keras.optimizers.schedules).items()
    return {k: v for k, v in found if isinstance(v, type) and issubclass(v, base) and v is not base}


class FollowProgress(tf.keras.callbacks.Callback):
    """Sets the learning rates before each step, and stops at share `until` of the run.

    `d_rate` is the discriminators' learning rate, by default the codec's, at the step of their own
    optimizer. `factor` multiplies both.
    """

    def __init__(
        self,
        progress: Progress,
        rate: Rate,
        until: float,
        d_rate: Rate | None = None,
        factor: float = 1.0,
    ):
        super().__init__()
        self.progress = progress
        self.rate = rate
        self.until = until
        self.d_rate = d_rate or rate
        self.factor = factor

    def on_train_batch_begin(self, batch: int, logs: dict | None = None):
        step = steps_of(self.model.g_optimizer)
        share = self.progress.update(step)
        self.model.g_optimizer.learning_rate = self.factor * self.rate(share, step)
        if self.model.d_optimizer is not None:
            own = steps_of(self.model.d_optimizer)
            self.model.d_optimizer.learning_rate = self.factor * self.d_rate(share, own)

    def on_train_batch_end(self, batch: int, logs: dict | None = None):
        if self.progress.update(steps_of(self.model.g_optimizer)) >= self.until:
            self.model.stop_training = True
