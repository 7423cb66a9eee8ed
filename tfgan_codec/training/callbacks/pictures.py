"""Writes pictures for TensorBoard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgan_codec.format.geometry import QUALITIES
from tfgan_codec.step.updates import steps_of

# The qualities that are shown, as shares of the highest.
_SHOWN = (0.1, 0.4, 0.8)


class Pictures(tf.keras.callbacks.Callback):
    """Writes fixed crops above what the codec makes of them at three qualities.

    faithful: a codec to show too, at the same qualities: in adversarial runs the one they began
        with.
    """

    def __init__(
        self,
        folder: Path,
        pictures: np.ndarray,
        every: int,
        faithful: tf.keras.Model | None = None,
    ):
        super().__init__()
        self.writer = tf.summary.create_file_writer(str(folder))
        self.pictures = tf.constant(pictures, tf.float32)
        self.every = every
        self._above = [self.pictures]
        if faithful is not None:
            self._above += _reconstructions(faithful, self.pictures)

    def on_train_batch_end(self, batch: int, logs: dict | None = None):
        if steps_of(self.model.g_optimizer) % self.every == 0:
            self._write()

    def on_train_end(self, logs: dict | None = None):
        self._write()

    def _write(self) -> None:
        rows = self._above + _reconstructions(self.model, self.pictures)
        sheet = tf.clip_by_value(tf.concat(rows, axis=1), 0.0, 255.0)
        with self.writer.as_default(step=steps_of(self.model.g_optimizer)):
            tf.summary.image("pictures", tf.cast(sheet + 0.5, tf.uint8), max_outputs=4)


def _reconstructions(model: tf.keras.Model, pictures: tf.Tensor) -> list[tf.Tensor]:
    made = []
    for share in _SHOWN:
        quality = tf.fill([len(pictures)], share * (QUALITIES - 1))
        made.append(model(pictures, quality=quality, seed=tf.zeros([2], tf.int32)).reconstruction)
    return made
