"""Saving and finding runs."""

from __future__ import annotations

import time
from pathlib import Path

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.training.schedule import Progress


class Checkpoints:
    """The checkpoints of a run: weights, optimizers with their averages, steps and time spent.

    `tf.train.Checkpoint`, not Keras' formats: those leave out the variables of TFC's priors, which
    are `tf.Module`s.
    """

    def __init__(
        self,
        folder: Path,
        model: tf.keras.Model,
        progress: Progress | None,
        keep: int = 3,
        **more,
    ):
        """`more`: what else to save, by name: discriminators and their optimizer."""
        parts = {"model": model, **more}
        if progress is not None:
            parts["spent"] = progress.spent
        self._checkpoint = tf.train.Checkpoint(**parts)
        self._manager = tf.train.CheckpointManager(self._checkpoint, str(folder), keep)

    def save(self, step: int) -> None:
        self._manager.save(checkpoint_number=step)

    def restore(self) -> bool:
        """Loads the newest checkpoint; False if there is none yet."""
        if self._manager.latest_checkpoint is None:
            return False
        status = self._checkpoint.restore(self._manager.latest_checkpoint)
        status.expect_partial().assert_existing_objects_matched()
        return True


class SaveRegularly(tf.keras.callbacks.Callback):
    """Saves every so many minutes and when training ends."""

    def __init__(self, checkpoints: Checkpoints, minutes: float):
        super().__init__()
        self.checkpoints = checkpoints
        self.seconds = 60.0 * minutes
        self._last = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict | None = None):
        if time.monotonic() - self._last > self.seconds:
            self._save()

    def on_train_end(self, logs: dict | None = None):
        self._save()

    def _save(self):
        self.checkpoints.save(int(self.model.g_optimizer.iterations))
        self._last = time.monotonic()


def claim_folder(folder: Path, resume: bool) -> None:
    """Makes sure a new run does not write into another run's folder by accident."""
    if (folder / "run.json").exists() and not resume:
        raise UsageError(f"{folder} holds a run: continue it with --resume, or name another folder")
    folder.mkdir(parents=True, exist_ok=True)
