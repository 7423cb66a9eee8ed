"""Shows a run's progress on the terminal."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.progress import Bar
from tfgan_codec.step.updates import steps_of
from tfgan_codec.training.schedule import Progress

# The figures to show, in this order, as far as a run has them.
_SHOWN = ("loss", "bpp", "mse", "ms_ssim", "lpips", "content", "d_real", "d_fake")


class ProgressBar(tf.keras.callbacks.Callback):
    """Shows how much of the run is done and its figures: rate, distortion, the discriminators'
    mean verdicts on original (d_real) and decoded (d_fake) pictures.

    Written to a file or pipe in place of a terminal, it is a line each minute.
    """

    def __init__(self, progress: Progress, title: str):
        super().__init__()
        self.progress = progress
        self._bar = Bar(title, lines=True)

    def on_train_begin(self, logs: dict | None = None):
        self._bar(self.progress.share)

    def on_train_batch_end(self, batch: int, logs: dict | None = None):
        logs = logs or {}
        figures = [f"{name} {logs[name]:.4g}" for name in _SHOWN if name in logs]
        step = steps_of(self.model.g_optimizer)
        self._bar(self.progress.share, ", ".join([f"step {step}", *figures]))

    def on_train_end(self, logs: dict | None = None):
        self.close()

    def close(self) -> None:
        """Leaves the bar as it is and begins a new line."""
        self._bar.close()
