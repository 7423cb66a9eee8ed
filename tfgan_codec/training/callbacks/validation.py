"""Validates a run while it trains, and keeps the checkpoint that does best."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tfgan_codec.step.updates import steps_of
from tfgan_codec.training.averaging import averaged_weights
from tfgan_codec.training.checkpoints import Checkpoints

_BATCH = 8


class Validate(tf.keras.callbacks.Callback):
    """Measures fixed pictures at the end of each epoch, with real rounding and averaged weights.

    The figures of `test_step` join the epoch's as `val_loss`, `val_bpp` and so on, where the
    callbacks after this one find them. When `val_loss` is the lowest of its phase (losses of
    different phases cannot be compared), the run is saved to `best`.

    Args:
      pictures: uint8 [count, height, width, 3].
      best: takes the best checkpoint.
      phase: number of the phase, from 0.
      stopped: returns whether the run is being stopped and has no time to validate.
    """

    def __init__(
        self,
        pictures: np.ndarray,
        best: Checkpoints,
        phase: int,
        stopped: Callable[[], bool] = lambda: False,
    ):
        super().__init__()
        self.pictures = pictures
        self.best = best
        self.phase = phase
        self.stopped = stopped

    def on_epoch_end(self, epoch: int, logs: dict | None = None):
        if self.stopped():
            return
        figures = measure(self.model, self.pictures)
        if logs is not None:
            logs.update({f"val_{name}": value for name, value in figures.items()})
        known = self.best.state
        if known.get("phase") != self.phase or figures["loss"] < known["loss"]:
            self.best.state = {"phase": self.phase, **figures}
            self.best.save(steps_of(self.model.g_optimizer))


def measure(model: tf.keras.Model, pictures: np.ndarray) -> dict[str, float]:
    """Returns the means of the figures of `test_step` over all pictures, with averaged weights.

    Keras' `evaluate` would cut batches into parts for replicas; as qualities are spread over a
    batch, its figures would depend on the number of replicas.
    """
    step = tf.function(model.test_figures)
    totals: dict[str, float] = {}
    with averaged_weights(model):
        for start in range(0, len(pictures), _BATCH):
            batch = tf.constant(pictures[start : start + _BATCH])
            for name, value in step(batch).items():
                mean = float(tf.reduce_mean(value))
                totals[name] = totals.get(name, 0.0) + mean * len(batch) / len(pictures)
    return totals
