"""Runs that go wrong are noticed, and go back if asked to."""

from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.training.callbacks import health
from tfgan_codec.training.callbacks.health import (
    DivergenceError,
    WatchHealth,
    rate_factor,
    roll_back,
)
from tfgan_codec.training.checkpoints import Checkpoints, step_of


class Fake:
    """What callbacks see of a model."""

    def __init__(self):
        self.g_optimizer = tf.keras.optimizers.Adam()


def watch(losses: list[float], **more: float) -> int:
    """How many steps pass until `DivergenceError`; all of them if it is never raised."""
    callback = WatchHealth(every=1)
    model = Fake()
    callback.set_model(model)
    for number, loss in enumerate(losses):
        model.g_optimizer.iterations.assign(number + 1)
        try:
            callback.on_train_batch_end(number, {"loss": loss, **more})
        except DivergenceError:
            return number
    return len(losses)


def test_what_counts_as_divergence():
    assert watch([2.0, 1.0, 3.0, 2.0, 9.0, 1.0, 9.0]) == 7
    assert watch([1.0, float("nan"), 1.0]) == 1
    assert watch([1.0, 1.0], gradient=float("inf")) == 0
    assert watch([1.0] * 8 + [11.0]) == 8  # ten times the running mean
    assert watch([1.0] * 8 + [9.9]) == 9
    assert watch([1.0, 11.0, 1.0]) == 3  # too early to tell
    # The adversarial loss may wander: -30 + 31 = 1 without it.
    assert watch([-30.0] * 8, adversarial=-31.0) == 8


@pytest.fixture
def saved(tmp_path: Path) -> Checkpoints:
    """Weights 0, 10 and 20, saved after as many steps."""
    layer = tf.keras.layers.Dense(1)
    layer.build([1, 1])
    checkpoints = Checkpoints(tmp_path / "checkpoints", layer, None, keep=4)
    for step in (0, 10, 20):
        layer.kernel.assign([[float(step)]])
        checkpoints.save(step)
    layer.kernel.assign([[np.nan]])
    checkpoints.layer = layer
    return checkpoints


def test_going_back_restores_and_slows_down(saved: Checkpoints):
    problem = DivergenceError("the loss grew")
    assert "back to step 20 with 0.5 times" in roll_back(saved, problem)
    assert saved.layer.kernel.numpy().item() == 20.0
    assert rate_factor(saved) == 0.5
    again = Checkpoints(saved.folder, saved.layer, None)
    assert again.restore()
    assert rate_factor(again) == 0.5  # survives an interruption
    # The same checkpoint led to nothing: the one before.
    assert "back to step 10 with 0.25 times" in roll_back(saved, problem)
    assert saved.layer.kernel.numpy().item() == 10.0
    assert [step_of(path) for path in saved.all()] == [0, 10, 10]
    assert "back to step 0" in roll_back(saved, problem)
    assert "back to step 0" in roll_back(saved, problem)  # nothing older is left
    roll_back(saved, problem)
    with pytest.raises(DivergenceError, match="5 times before"):
        roll_back(saved, problem)
    assert rate_factor(saved) == 0.5**health._MOST_TIMES


def test_progress_after_going_back_counts(saved: Checkpoints):
    roll_back(saved, DivergenceError("x"))
    saved.layer.kernel.assign([[30.0]])
    saved.save(30)
    assert "back to step 30" in roll_back(saved, DivergenceError("y"))
