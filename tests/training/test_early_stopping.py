from __future__ import annotations

import types

import pytest

pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec.training.callbacks import early_stopping


def watch(text: str, values: list[float | None], state: dict | None = None):
    """The callback after validations of these values; None: an epoch without one."""
    checkpoints = types.SimpleNamespace(state=state if state is not None else {})
    callback = early_stopping.build(text, checkpoints)
    callback.set_model(types.SimpleNamespace(stop_training=False))
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {} if value is None else {"val_loss": value, "loss": 9.0})
    return callback


@pytest.mark.parametrize(
    ("values", "stops"),
    [
        ([5.0, 4.0, 4.5, 4.1], False),  # patience is 3
        ([5.0, 4.0, 4.5, 4.1, 4.0], True),
        ([5.0, 4.0, 4.5, 4.1, 3.9, 4.0, 4.0], False),  # progress starts the count anew
        ([4.0, 4.0, None, None, 4.0], False),
    ],
)
def test_it_waits_for_progress(values: list[float | None], stops: bool):
    callback = watch("val_loss:patience=3", values)
    assert callback.stopped == callback.model.stop_training == stops


def test_small_progress_and_the_better_direction():
    assert watch("val_loss:patience=2:min_delta=0.5", [5.0, 4.8, 4.6]).stopped
    assert not watch("val_loss:patience=2:mode=max", [5.0, 5.1, 5.2]).stopped
    assert watch("val_loss:patience=2:mode=max", [5.0, 4.9, 4.8]).stopped


def test_a_resumed_run_goes_on_counting():
    """The state is that of the checkpoints, which they save."""
    state: dict = {}
    assert not watch("val_loss:patience=3", [4.0, 4.0, 4.0], state).stopped
    assert watch("val_loss:patience=3", [4.0], state).stopped


def test_what_does_not_exist_is_told():
    with pytest.raises(tgc.UsageError, match="did you mean val_loss"):
        watch("val_los:patience=3", [4.0])
    with pytest.raises(tgc.UsageError, match="did you mean patience"):
        watch("val_loss:patinece=3", [])
    with pytest.raises(tgc.UsageError, match="at least 1"):
        watch("val_loss:patience=0", [])
