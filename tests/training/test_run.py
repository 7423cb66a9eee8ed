"""Whole runs, a few steps long."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from apps import train as train_app
from tfgan_codec import models
from tfgan_codec.data.pool import Pool
from tfgan_codec.training import about
from tfgan_codec.training.config import RunConfig, public_config
from tfgan_codec.training.phases import Phase
from tfgan_codec.training.run import train
from tfgan_codec.training.trained import load_run

pytestmark = pytest.mark.usefixtures("shallow")


@pytest.fixture
def config(photographs: Path, tmp_path: Path) -> RunConfig:
    phases = Phase(0.5, 64, 1, 2.0, 0.0), Phase(1.0, 64, 2, 2.0, 0.0)
    places = {"data": (str(photographs),), "out": str(tmp_path / "run")}
    return RunConfig(**places, steps=4, phase=phases)


def weights(folder: Path | str) -> list[np.ndarray]:
    return [v.numpy() for v in load_run(folder).trainable_variables]


@pytest.mark.slow
def test_a_resumed_run_ends_where_an_uninterrupted_one_does(config: RunConfig, tmp_path: Path):
    train(config)
    parts = replace(config, out=str(tmp_path / "parts"))
    # The first half of the phases is the same whether or not the run is cut there.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tfgan_codec.training.run.phase_at", _stop_in_second_phase)
        with pytest.raises(KeyboardInterrupt):
            train(parts)
    train(replace(parts, resume=True))
    for want, got in zip(weights(config.out), weights(parts.out)):
        np.testing.assert_allclose(got, want, atol=1e-6)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_resumed_gan_run_ends_where_an_uninterrupted_one_does(config: RunConfig, tmp_path: Path):
    """The discriminator and its optimizer are resumed as well."""
    gan = replace(
        config,
        model="hific_five_level:width=0.05",
        phase=(Phase(0.5, 64, 2, 0, 0, gan=True), Phase(1.0, 64, 2, 0, 0, gan=True)),
        loss=("mse:weight=0.01", "entropy:weight=0.1"),
        discriminator=("conditional:width=0.05",),
        gradient_penalty="r1:weight=1",
        learning_rate=0.03,
    )
    train(gan)
    parts = replace(gan, out=str(tmp_path / "parts"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tfgan_codec.training.run.phase_at", _stop_in_second_phase)
        with pytest.raises(KeyboardInterrupt):
            train(parts)
    train(replace(parts, resume=True))
    for want, got in zip(weights(gan.out), weights(parts.out)):
        np.testing.assert_allclose(got, want, atol=1e-5)
    # Another run can start from it.
    onward = replace(gan, out=str(tmp_path / "onward"), init_from=gan.out, steps=1)
    train(replace(onward, phase=(Phase(1.0, 64, 2, 0, 0),), learning_rate=1e-9))
    for want, got in zip(weights(gan.out), weights(onward.out)):
        np.testing.assert_allclose(got, want, atol=1e-5)


def test_a_phase_with_discriminators_needs_one(config: RunConfig):
    with pytest.raises(tgc.UsageError, match="--discriminator"):
        train(replace(config, phase=(Phase(1.0, 64, 1, 1, 0, gan=True),)))


def _stop_in_second_phase(phases: list[Phase], share: float) -> int:
    if share >= phases[0].until:
        raise KeyboardInterrupt
    return 0


@pytest.mark.slow
def test_the_command_trains_and_refuses_to_overwrite(photographs: Path, tmp_path: Path, capsys):
    out = tmp_path / "run"
    command = ["train", f"--data={photographs}", f"--out={out}", "--steps=1"]
    command.append("--phase=1.0:64:1:2:0")
    assert train_app.main(command) == 0
    assert json.loads((out / "run.json").read_text())["steps"] == 1
    assert list((out / "tensorboard").rglob("events*"))
    (start,) = json.loads((out / "run.json").read_text())["about"]
    assert start["packages"]["tensorflow"] == tf.__version__
    assert start["data"] == Pool(str(photographs)).inventory()._asdict()
    assert "about" not in public_config(out)
    assert train_app.main(command) == 1
    assert "--resume" in capsys.readouterr().err


@pytest.mark.slow
def test_broken_pictures_end_a_run_in_a_line(tmp_path: Path, capsys):
    """Four of forty; they are met while the steps run, not before, as no calibration reads them."""
    data, out = tmp_path / "photographs", tmp_path / "run"
    data.mkdir()
    for number in range(40):
        path = data / f"{number:02d}.png"
        Image.new("RGB", (64, 64), (number, 0, 0)).save(path)
        if number in (3, 13, 23, 33):
            path.write_text("broken")
    command = ["train", f"--data={data}", f"--out={out}", "--steps=100", "--loss=mse"]
    command += ["--model=mobile", "--phase=1.0:64:4:0:0"]
    assert train_app.main(command) == 1
    error = capsys.readouterr().err
    assert f"of 40 pictures are broken, listed in {out / 'broken.txt'}" in error
    assert "Traceback" not in error
    # The third is one too many; another thread may meet the fourth at the same time.
    assert len((out / "broken.txt").read_text().splitlines()) in (3, 4)


@pytest.mark.slow
def test_a_run_remembers_each_of_its_starts(
    config: RunConfig, photographs: Path, tmp_path: Path, capsys, monkeypatch
):
    """Resumed with new code, a new picture and another learning rate, and then once more."""
    data = shutil.copytree(photographs, tmp_path / "data")
    small = replace(
        config,
        model="hific_five_level:width=0.02",
        loss=("mse",),
        phase=(Phase(1.0, 64, 1, 0, 0),),
        data=(str(data),),
        steps=1,
    )
    file = Path(small.out) / "run.json"
    monkeypatch.setattr(about, "commit", lambda: "first")
    train(small)
    (first,) = json.loads(file.read_text())["about"]
    assert (first["first_step"], first["commit"], first["data"]["pictures"]) == (0, "first", 3)
    assert "not those that the run began with" not in capsys.readouterr().err

    shutil.copy(data / "0.png", data / "more.png")
    monkeypatch.setattr(about, "commit", lambda: "second")
    later = replace(small, resume=True, steps=2, learning_rate=0.5)
    for number in (1, 2):
        train(later)
        assert "not those that the run began with" in capsys.readouterr().err, number
    told = json.loads(file.read_text())
    assert [start["first_step"] for start in told["about"]] == [0, 1, 2]
    assert [start["commit"] for start in told["about"]] == ["first", "second", "second"]
    assert [start["data"]["pictures"] for start in told["about"]] == [3, 4, 4]
    assert all(start["machine"] for start in told["about"])
    assert told["about"][0].pop("flags") == {"steps": 1, "learning_rate": 6e-4}
    assert told["about"][0] == first
    assert told["learning_rate"] == 0.5
    assert not any("flags" in start for start in told["about"])


def test_misuse_is_told_in_a_line(tmp_path: Path, capsys):
    assert train_app.main(["train", "--steps=1", f"--out={tmp_path}"]) == 2
    assert "--data is required" in capsys.readouterr().err


@pytest.mark.slow
def test_a_dry_run_tells_the_cost_and_leaves_nothing(
    photographs: Path, tmp_path: Path, capsys, monkeypatch
):
    command = ["train", "--dry_run", f"--data={photographs}", f"--out={tmp_path / 'run'}"]
    command += ["--model=hific_five_level:width=0.05", "--loss=mse", "--steps=7200"]
    command += ["--phase=1.0:64:1:0:0"]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert train_app.main(command) == 0
    text = capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    rows = dict(line.rsplit(maxsplit=1) for line in text.splitlines() if line[:1].isalpha())
    codec = models.build("hific_five_level", width=0.05)
    codec.build_weights()
    count = sum(v.shape.num_elements() for v in codec.trainable_variables)
    assert rows["codec"].replace(",", "") == str(count)
    parts = [int(rows[name].replace(",", "")) for name in ("analysis", "entropy", "synthesis")]
    assert sum(parts) == count
    (phase,) = (line.split() for line in text.splitlines() if line.startswith("1 "))
    assert phase[:3] == ["1", "64", "1"]
    assert f"7,200 steps take about {2 * float(phase[3]):.1f} hours" in text
    assert 0.2 < float(phase[4]) < 32


def test_resuming_needs_a_run(config: RunConfig):
    with pytest.raises(tgc.UsageError, match="nothing to resume"):
        train(replace(config, resume=True))


def test_a_folder_without_a_run_is_named(tmp_path: Path):
    with pytest.raises(tgc.UsageError, match="not a run"):
        load_run(tmp_path)


def test_the_precision_of_a_run_ends_with_it(config: RunConfig):
    """Keras' policy is that of the whole process: the next network must not be built under it."""
    small = replace(
        config,
        model="hific_five_level:width=0.02",
        loss=("mse",),
        phase=(Phase(1.0, 64, 1, 0, 0),),
        steps=1,
        precision="mixed_bfloat16",
    )
    before = tf.keras.mixed_precision.global_policy().name
    assert before != small.precision
    for changes in ({"data": ("nowhere",)}, {"loss": ("nothing",)}):
        with pytest.raises(tgc.UsageError):
            train(replace(small, **changes, overwrite=True))
        assert tf.keras.mixed_precision.global_policy().name == before
    train(replace(small, overwrite=True))
    assert tf.keras.mixed_precision.global_policy().name == before
