"""Files from which other runs start."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec.training import start_file
from tfgan_codec.training.build import build_model
from tfgan_codec.training.config import RunConfig
from tfgan_codec.training.trained import load_start

CONFIG = RunConfig(model="msae:width=0.05:scales=1")
SETTINGS = {"model": CONFIG.model, "steps": 7}


@pytest.fixture(scope="module")
def model() -> tf.keras.Model:
    return build_model(CONFIG)


def test_all_weights_come_back_to_half_a_unit_of_float16(model: tf.keras.Model, tmp_path: Path):
    path = tmp_path / "start.npz"
    start_file.write(model, SETTINGS, path)
    again = load_start(str(path))
    assert len(again.variables) == len(model.variables)
    for want, got in zip(model.variables, again.variables):
        if want.dtype.is_floating:  # of smallest normal numbers 2^-14
            np.testing.assert_allclose(got, want, rtol=2.0**-11, atol=2.0**-25)
        else:
            np.testing.assert_array_equal(got, want)
    count = sum(int(np.prod(v.shape)) for v in model.variables)
    assert path.stat().st_size < 2 * count + 400 * len(model.variables)


def test_what_float16_cannot_hold_stays_as_it_is(model: tf.keras.Model, tmp_path: Path):
    number = next(i for i, v in enumerate(model.variables) if v.dtype.is_floating)
    variable = model.variables[number]
    before = variable.numpy()
    variable.assign(np.full(variable.shape, 1e5 + 1))
    start_file.write(model, SETTINGS, tmp_path / "start.npz")
    got = start_file.read(tmp_path / "start.npz").variables[number]
    variable.assign(before)
    assert np.all(got.numpy() == np.float32(1e5 + 1))


def test_networks_that_have_changed_are_refused(model: tf.keras.Model, tmp_path: Path):
    path = tmp_path / "start.npz"
    start_file.write(model, {**SETTINGS, "model": "msae:width=0.1:scales=1"}, path)
    with pytest.raises(tgc.UsageError, match="holds other networks than msae:width=0.1"):
        load_start(str(path))


def test_damaged_files_and_others(model: tf.keras.Model, tmp_path: Path):
    path = tmp_path / "start.npz"
    start_file.write(model, SETTINGS, path)
    assert start_file.holds(path)
    content = path.read_bytes()
    for length in (0, 10, len(content) // 2):
        path.write_bytes(content[:length])
        assert not start_file.holds(path)
        with pytest.raises(tgc.UsageError, match="export.start"):
            start_file.read(path)
    assert not start_file.holds(tmp_path)
    assert not start_file.holds(tmp_path / "nothing.npz")
    np.save(tmp_path / "a.npy", np.zeros(3))
    assert not start_file.holds(tmp_path / "a.npy")


@pytest.mark.slow
@pytest.mark.usefixtures("shallow")
def test_a_run_goes_on_from_the_file_of_another(photographs: Path, tmp_path: Path):
    from export import start as start_app
    from tfgan_codec.training.phases import Phase
    from tfgan_codec.training.run import train
    from tfgan_codec.training.trained import load_run

    phase = (Phase(1.0, 64, 1, 0, 0),)
    places = {"data": (str(photographs),), "out": str(tmp_path / "run")}
    config = replace(CONFIG, **places, steps=2, phase=phase, loss=("mse:weight=0.01",))
    train(config)
    path = str(tmp_path / "start.npz")
    assert start_app.main(["start", f"--model={config.out}", f"--out={path}"]) == 0
    assert str(photographs) not in str(np.load(path)["settings"])
    out = str(tmp_path / "onward")
    train(replace(config, out=out, init_from=path, steps=1, learning_rate=1e-9))
    for want, got in zip(load_run(config.out).variables, load_run(out).variables):
        np.testing.assert_allclose(got, want, rtol=2.0**-11, atol=1e-6)
