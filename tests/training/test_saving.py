"""Checkpoints are complete or not there."""

import os
from pathlib import Path

import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec.training.checkpoints import Checkpoints, step_of


@pytest.fixture
def layer() -> tf.keras.layers.Layer:
    layer = tf.keras.layers.Dense(2)
    layer.build([1, 3])
    return layer


def test_the_last_ones_are_kept_and_the_newest_is_restored(tmp_path: Path, layer):
    checkpoints = Checkpoints(tmp_path / "c", layer, None, keep=2)
    assert not checkpoints.restore()
    for step in (1, 5, 300):
        layer.bias.assign([step, -step])
        checkpoints.state = {"seen": step}
        checkpoints.save(step)
    assert [step_of(path) for path in checkpoints.all()] == [5, 300]
    layer.bias.assign([0.0, 0.0])
    other = Checkpoints(tmp_path / "c", layer, None)
    assert other.restore()
    assert layer.bias.numpy().tolist() == [300.0, -300.0]
    assert other.state == {"step": 300, "seen": 300}


@pytest.mark.parametrize("moment", ["write", "fsync", "replace"])
def test_an_interruption_leaves_the_older_ones(tmp_path: Path, layer, monkeypatch, moment: str):
    """Whatever is the last thing that happens, the run resumes from step 1, and saving works."""
    checkpoints = Checkpoints(tmp_path / "c", layer, None, keep=2)
    checkpoints.save(1)

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        owner = checkpoints._checkpoint if moment == "write" else os
        patch.setattr(owner, moment, stop)
        with pytest.raises(KeyboardInterrupt):
            checkpoints.save(2)
    again = Checkpoints(tmp_path / "c", layer, None, keep=2)
    assert again.restore()
    assert [step_of(path) for path in again.all()] == [1]
    again.save(2)
    again.save(3)
    assert [step_of(path) for path in again.all()] == [2, 3]
    assert not list((tmp_path / "c").glob(".*"))


def test_an_interruption_while_deleting_harms_nothing(tmp_path: Path, layer, monkeypatch):
    checkpoints = Checkpoints(tmp_path / "c", layer, None, keep=1)
    checkpoints.save(1)

    def stop(path):
        next(path.iterdir()).unlink()  # half of it is gone
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", stop)
        with pytest.raises(KeyboardInterrupt):
            checkpoints.save(2)
    again = Checkpoints(tmp_path / "c", layer, None, keep=1)
    assert again.restore()
    assert again.state == {"step": 2}
    again.save(3)
    assert len(list((tmp_path / "c").iterdir())) == 1


def test_other_networks_are_refused_in_a_line(tmp_path: Path, layer):
    Checkpoints(tmp_path / "c", layer, None).save(1)
    other = tf.keras.layers.Dense(5)
    other.build([1, 3])
    with pytest.raises(tgc.UsageError, match="does not fit the networks") as error:
        Checkpoints(tmp_path / "c", other, None).restore()
    assert "\n" not in str(error.value)
