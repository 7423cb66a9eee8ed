"""Moves ramps along with the progress of a run."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.training.ramps import Ramps
from tfgan_codec.training.schedule import Progress


class FollowRamps(tf.keras.callbacks.Callback):
    """Sets ramps before every step. Put it after `FollowProgress`, which moves the progress."""

    def __init__(self, progress: Progress, ramps: Ramps):
        super().__init__()
        self.progress = progress
        self.ramps = ramps

    def on_train_batch_begin(self, batch: int, logs: dict | None = None):
        self.ramps.set(self.progress.share)
