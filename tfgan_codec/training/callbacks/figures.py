"""Writes the figures of a run: lines of JSON, and points for TensorBoard."""

from __future__ import annotations

import json
from pathlib import Path

import tensorflow as tf

from tfgan_codec.step.updates import steps_of

FILE = "figures.jsonl"


class WriteFigures(tf.keras.callbacks.Callback):
    """Writes the means of all figures over the last `every` steps, and those of validations.

    `figures.jsonl` gets lines `{"step": ..., "loss": ...}`, and `{"step": ..., "val_loss": ...}`
    after a validation. A resumed run first deletes the lines of steps it will repeat.

    step: the step that the run is at. writes: False for all but one of several workers.
    """

    def __init__(self, folder: Path, step: int, every: int = 25, writes: bool = True):
        super().__init__()
        self.path = folder / FILE
        self.every = every
        self.writes = writes
        self._writers = {}
        if writes:
            for kind in ("train", "validation"):
                place = folder / "tensorboard" / kind
                self._writers[kind] = tf.summary.create_file_writer(str(place))
            _forget_after(self.path, step)

    def on_train_batch_end(self, batch: int, logs: dict | None = None):
        step = steps_of(self.model.g_optimizer)
        if step % self.every == 0:
            rate = float(tf.keras.backend.get_value(self.model.g_optimizer.learning_rate))
            self._write("train", step, {**(logs or {}), "learning_rate": rate})
            self.model.reset_metrics()

    def on_epoch_end(self, epoch: int, logs: dict | None = None):
        found = {name: value for name, value in (logs or {}).items() if name.startswith("val_")}
        if found:
            self._write("validation", steps_of(self.model.g_optimizer), found)

    def _write(self, kind: str, step: int, logs: dict) -> None:
        if not self.writes:
            return
        figures = {name: float(value) for name, value in logs.items()}
        with self.path.open("a") as file:
            file.write(json.dumps({"step": step, **figures}) + "\n")
        with self._writers[kind].as_default(step):
            for name, value in figures.items():
                # The same name for both kinds puts them into one diagram.
                tf.summary.scalar(name.removeprefix("val_"), value)


def read_figures(folder: str | Path) -> list[dict[str, float]]:
    """Returns the lines of `figures.jsonl` in a run's folder, [] if there is no such file."""
    path = Path(folder) / FILE
    lines = path.read_text().splitlines() if path.is_file() else []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            break  # an interruption cut the last line
    return found


def _forget_after(path: Path, step: int) -> None:
    kept = [line for line in read_figures(path.parent) if line["step"] <= step]
    path.write_text("".join(json.dumps(line) + "\n" for line in kept))
