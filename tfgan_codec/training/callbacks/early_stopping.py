"""Ends a run early when its validation sees no more progress."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.specs.grammar import parse
from tfgan_codec.specs.names import check_arguments, choose
from tfgan_codec.training.checkpoints import Checkpoints

_BETTER = {"min": -1.0, "max": 1.0}


class EarlyStopping(tf.keras.callbacks.Callback):
    """Ends the run when `monitor` has not got better for `patience` validations.

    Unlike Keras' callback of this name it goes on counting in a resumed run: its count is saved in
    the state of the checkpoints. It watches one phase, for losses of different phases cannot be
    compared; put it before the callback that saves. `stopped` tells afterwards.

    Args:
      checkpoints: those whose state keeps the count.
      monitor: a figure of the validation. With discriminators, watch a perceptual one, such as
          "val_lpips": their coming raises the loss.
      patience: validations without progress until the run ends.
      min_delta: progress is a change by more than this.
      mode: "min" or "max", the better direction.
    """

    def __init__(
        self,
        checkpoints: Checkpoints,
        monitor: str = "val_loss",
        patience: int = 5,
        min_delta: float = 0.0,
        mode: str = "min",
    ):
        super().__init__()
        self.checkpoints = checkpoints
        self.monitor = monitor
        self.patience = patience
        self.min_delta = min_delta
        self.sign = choose("mode of early stopping", mode, _BETTER)

    @property
    def stopped(self) -> bool:
        return self._state()["waited"] >= self.patience

    def on_epoch_end(self, epoch: int, logs: dict | None = None):
        logs = logs or {}
        if not any(name.startswith("val_") for name in logs):
            return  # the run is being stopped and did not validate
        state = self._state()
        value = self.sign * choose("figure of the validation", self.monitor, logs)
        if state["best"] is None or value > state["best"] + self.min_delta:
            state = {"best": value, "waited": 0}
        else:
            state = {**state, "waited": state["waited"] + 1}
        self.checkpoints.state["early_stopping"] = state
        if self.stopped:
            self.model.stop_training = True

    def _state(self) -> dict:
        return self.checkpoints.state.get("early_stopping", {"best": None, "waited": 0})


def build(text: str | None, checkpoints: Checkpoints) -> EarlyStopping | None:
    """Makes the callback that a flag such as `val_loss:patience=5` asks for; None without one."""
    if text is None:
        return None
    monitor, arguments = parse(text)
    check_arguments("--early_stopping", arguments, ("patience", "min_delta", "mode"))
    options: dict[str, Any] = dict(arguments)
    patience = options.get("patience", 1)
    if not isinstance(patience, int) or patience < 1:
        raise UsageError(f"patience must be a whole number of at least 1, not {patience}")
    return EarlyStopping(checkpoints, monitor, **options)
