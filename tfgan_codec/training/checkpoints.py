"""Saves and restores the state of a run."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.step.updates import steps_of
from tfgan_codec.training.schedule import Progress

# Folders of checkpoints in the folder of a run.
NEWEST, BEST = "checkpoints", "best"
_WEIGHTS, _STATE = "weights", "state.json"


class Checkpoints:
    """Saves the state of a run: weights, optimizers with their averages, steps and time spent.

    Each checkpoint is a folder `NUMBER-stepSTEP`. It is written under a hidden name, flushed to the
    disk and then renamed, so whatever stops the program in the middle leaves the older ones. The
    newest is the one with the highest number; no pointer could lead to half a checkpoint.

    The format is `tf.train.Checkpoint`'s: Keras' formats leave out the variables of the priors of
    TensorFlow Compression, which are `tf.Module`s.
    """

    def __init__(
        self,
        folder: Path,
        model: tf.keras.Model,
        progress: Progress | None,
        keep: int = 3,
        writes: bool = True,
        **more,
    ):
        """Takes the folder to use, what to save (`more` by name, such as discriminators), and how
        many checkpoints to keep. `writes` is False for all but one of several workers."""
        parts = {"model": model, **more}
        if progress is not None:
            parts["spent"] = progress.spent
        self.folder = folder
        self.keep = keep
        self.writes = writes
        # Saved beside the weights: whatever JSON can hold.
        self.state: dict = {}
        self._checkpoint = tf.train.Checkpoint(**parts)

    def all(self) -> list[Path]:
        """Returns the folders of all complete checkpoints, oldest first."""
        found = self.folder.glob("*-step*") if self.folder.is_dir() else []
        return sorted((path for path in found if path.name[0] != "."), key=_number)

    def save(self, step: int) -> None:
        """Writes a new checkpoint, then deletes all but the last `keep`."""
        if not self.writes:
            return
        name = f"{1 + max(map(_number, self.all()), default=0):06d}-step{step}"
        self.drop(self.folder.glob(".*"))  # what an interruption left
        partial = self.folder / f".{name}"
        partial.mkdir(parents=True)
        self._checkpoint.write(str(partial / _WEIGHTS))
        (partial / _STATE).write_text(json.dumps({"step": step, **self.state}))
        for file in (*partial.iterdir(), partial):
            _flush(file)
        os.replace(partial, self.folder / name)
        _flush(self.folder)
        self.drop(self.all()[: -self.keep])

    def restore(self) -> bool:
        """Loads the newest checkpoint and returns True, or False if there is none yet."""
        saved = self.all()
        if not saved:
            return False
        prefix = str(saved[-1] / _WEIGHTS)
        self.read_state()
        try:
            status = self._checkpoint.read(prefix)
            status.expect_partial().assert_existing_objects_matched()
        except (AssertionError, ValueError, tf.errors.OpError) as error:
            reason = str(error).strip().split("\n")[0]
            raise UsageError(
                f"{prefix} does not fit the networks of this run ({reason}): give the flags that "
                "it was made with, which are in run.json, or delete it"
            ) from error
        return True

    def read_state(self) -> None:
        """Loads `state` from the newest checkpoint, but no weights."""
        saved = self.all()
        self.state = json.loads((saved[-1] / _STATE).read_text()) if saved else {}

    def drop(self, paths: Iterable[Path]) -> None:
        """Deletes checkpoints, each hidden first so that an interruption leaves none in part."""
        for path in list(paths):
            hidden = path.with_name("." + path.name.lstrip("."))
            os.replace(path, hidden)
            shutil.rmtree(hidden)


class SaveRegularly(tf.keras.callbacks.Callback):
    """Saves whenever some minutes have passed, and when training ends.

    Put it last in a list of callbacks: what else happens at the end of an epoch, such as
    validation, is done before a save counts the epoch, and a run killed in between repeats it.
    """

    def __init__(
        self, checkpoints: Checkpoints, minutes: float, then: Callable[[], None] = lambda: None
    ):
        """Takes the minutes between saves, and a function `then` to call after each."""
        super().__init__()
        self.checkpoints = checkpoints
        self.then = then
        self.seconds = 60.0 * minutes
        self._last = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict | None = None):
        ends_epoch = self.model.stop_training or batch + 1 == self.params["steps"]
        if not ends_epoch:
            self._save_if_due()

    def on_epoch_end(self, epoch: int, logs: dict | None = None):
        self._save_if_due()

    def on_train_end(self, logs: dict | None = None):
        self._save()

    def _save_if_due(self):
        if time.monotonic() - self._last > self.seconds:
            self._save()

    def _save(self):
        self.checkpoints.save(steps_of(self.model.g_optimizer))
        self.then()
        self._last = time.monotonic()


def step_of(checkpoint: Path) -> int:
    """Returns the step after which a checkpoint, given by its folder, was saved."""
    return int(checkpoint.name.partition("-step")[2])


def _number(path: Path) -> int:
    return int(path.name.split("-")[0])


def _flush(path: Path) -> None:
    """Makes sure that a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
