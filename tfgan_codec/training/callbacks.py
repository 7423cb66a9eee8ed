"""Small Keras callbacks of a run."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgan_codec.layers.gains import QUALITIES
from tfgan_codec.training.schedule import Progress


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


class StopOnSignal(tf.keras.callbacks.Callback):
    """Ends training in good order on SIGINT or SIGTERM; `stopped` tells afterwards."""

    def __init__(self):
        super().__init__()
        self.stopped = False
        self._previous: dict[int, object] = {}

    def on_train_begin(self, logs: dict | None = None):
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._stop)

    def on_train_end(self, logs: dict | None = None):
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _stop(self, number: int, frame: object):
        self.stopped = True
        self.model.stop_training = True


class WriteFigures(tf.keras.callbacks.Callback):
    """Appends a JSON line `{"step": ..., "loss": ...}` every so many steps: means since the epoch
    began."""

    def __init__(self, path: Path, every: int = 25):
        super().__init__()
        self.path = path
        self.every = every

    def on_train_batch_end(self, batch: int, logs: dict | None = None):
        step = int(self.model.g_optimizer.iterations)
        if step % self.every == 0:
            figures = {name: float(value) for name, value in (logs or {}).items()}
            with self.path.open("a") as file:
                file.write(json.dumps({"step": step, **figures}) + "\n")


class Pictures(tf.keras.callbacks.Callback):
    """Writes originals above reconstructions at three qualities to TensorBoard."""

    def __init__(self, folder: Path, pictures: np.ndarray, every: int = 1):
        super().__init__()
        self.writer = tf.summary.create_file_writer(str(folder))
        self.pictures = tf.constant(pictures, tf.float32)
        self.every = every

    def on_epoch_end(self, epoch: int, logs: dict | None = None):
        if epoch % self.every:
            return
        rows = [self.pictures]
        for share in (0.1, 0.4, 0.8):
            quality = tf.fill([len(self.pictures)], share * (QUALITIES - 1))
            seed = tf.zeros([2], tf.int32)
            rows.append(self.model(self.pictures, quality=quality, seed=seed).reconstruction)
        sheet = tf.clip_by_value(tf.concat(rows, axis=1), 0.0, 255.0)
        with self.writer.as_default(step=int(self.model.g_optimizer.iterations)):
            tf.summary.image("pictures", tf.cast(sheet + 0.5, tf.uint8), max_outputs=4)
