"""Stops a run in good order on Ctrl-C, or when its machine is taken away."""

from __future__ import annotations

import signal
from typing import Any

import tensorflow as tf

from tfgan_codec.training.strategies import any_worker


class StopOnSignal(tf.keras.callbacks.Callback):
    """Ends training in good order on SIGINT or SIGTERM; afterwards `stopped` is True.

    Signals are caught inside `with`. The second one acts as it would without this class. If one of
    several workers gets a signal, all stop.
    """

    def __init__(self):
        super().__init__()
        self.stopped = False
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> StopOnSignal:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def on_train_batch_end(self, batch: int, logs: dict | None = None):
        self.stopped = any_worker(self.model.distribute_strategy, self.stopped)
        if self.stopped:
            self.model.stop_training = True

    def _stop(self, number: int, frame: object) -> None:
        self.stopped = True
        self.__exit__()
