"""Notices when a run goes wrong, and goes back to where all was well."""

from __future__ import annotations

import math

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.step.updates import steps_of
from tfgan_codec.training.checkpoints import Checkpoints, step_of

# A loss has diverged if it is this multiple of its running mean: random qualities and hard pictures
# change the mean over 25 steps by less than half.
_MULTIPLE = 10.0
_MOMENTUM, _WARM_UP = 0.9, 4
# A run that goes back multiplies its learning rates by this, and gives up after this many times.
RATE_FACTOR, _MOST_TIMES = 0.5, 5


class DivergenceError(UsageError):
    """Says that a figure is not finite, or that the loss has grown out of all proportion."""


class WatchHealth(tf.keras.callbacks.Callback):
    """Raises `DivergenceError` at the first step with a figure that is not finite, losses and the
    norms of gradients among them; or when the codec's loss without its adversarial part, averaged
    over `every` steps, is ten times the running mean of these averages.

    Comes before the callbacks that save, so that what they save is healthy.
    """

    def __init__(self, every: int):
        super().__init__()
        self.every = every
        self._mean = 0.0
        self._count = 0

    def on_train_batch_end(self, batch: int, logs: dict | None = None):
        step = steps_of(self.model.g_optimizer)
        logs = logs or {}
        for name, value in logs.items():
            if not math.isfinite(value):
                raise DivergenceError(f"{name} is {value} after step {step}")
        if step % self.every == 0:
            adversarial = logs.get("adversarial", 0.0) * logs.get("adversarial_weight", 1.0)
            self._compare(abs(logs["loss"] - adversarial), step)

    def _compare(self, loss: float, step: int) -> None:
        if self._count >= _WARM_UP and loss > _MULTIPLE * self._mean:
            raise DivergenceError(
                f"the loss grew from {self._mean:.4g} to {loss:.4g} by step {step}"
            )
        share = max(1.0 - _MOMENTUM, 1.0 / (self._count + 1))
        self._mean += share * (loss - self._mean)
        self._count += 1


def roll_back(checkpoints: Checkpoints, problem: DivergenceError) -> str:
    """Loads the last good checkpoint, halves the learning rates from there on, and returns a
    message for the user.

    The last good one is the newest, or the one before it if a run from the newest diverged already.
    Raises `DivergenceError` if the run went back too often.
    """
    times = checkpoints.state.get("rollbacks", 0)
    if times == _MOST_TIMES:
        raise DivergenceError(
            f"{problem}, and so it went {times} times before: change --learning_rate"
        )
    factor = rate_factor(checkpoints) * RATE_FACTOR
    tried = checkpoints.state.get("rolled_back_to")
    saved = checkpoints.all()
    fresh = [path for path in saved if step_of(path) != tried]
    if fresh and step_of(saved[-1]) == tried:
        checkpoints.drop(path for path in saved if path not in fresh)
    checkpoints.restore()
    step = step_of(checkpoints.all()[-1])
    checkpoints.state.update(rollbacks=times + 1, rate_factor=factor, rolled_back_to=step)
    checkpoints.save(step)
    return f"{problem}: back to step {step} with {factor:g} times the learning rate"


def rate_factor(checkpoints: Checkpoints) -> float:
    """Returns the factor on a run's learning rates: 1, or less if it ever went back."""
    return checkpoints.state.get("rate_factor", 1.0)
