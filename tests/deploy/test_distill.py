"""The light decoder is trained beside the codec, and its bundle opens the same files."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

tf = pytest.importorskip("tensorflow")

from export import distill
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.codec import Codec
from tfgan_codec.deploy.distill import BLOCKS, WIDTHS
from tfgan_codec.deploy.distill import distill as train
from tfgan_codec.deploy.settings import DistillSettings
from tfgan_codec.errors import UsageError
from tfgan_codec.metrics.complexity import of_tflite
from tfgan_codec.models.mobile import MobileConfig, synthesis
from tfgan_codec.training.trained import load_run, load_start


def test_the_lite_decoder_is_below_10_kmac_per_pixel():
    from tfgan_codec.deploy.convert import convert

    network = synthesis(MobileConfig(synthesis=WIDTHS, blocks=BLOCKS))
    shape = (1, 8, 8, 128)
    work = of_tflite(convert(network, shape), shape, 128 * 128)
    assert work.kmac_per_pixel == pytest.approx(7.9, abs=0.1)


def test_the_student_learns_and_files_stay_the_same(
    small_bundle, photographs: Path, tmp_path: Path, capsys
):
    """After one step the student's pictures are those of fresh weights. A run that goes on brings
    them nearer to the teacher's, though averaged weights still hold 3/4 of the fresh ones."""
    data, out = tmp_path / "data", tmp_path / "run"
    data.mkdir()
    for path in photographs.glob("*.png"):
        shutil.copy(path, data)
    flags = [f"--model={small_bundle.folder}", f"--data={data}", f"--out={out}"]
    flags += ["--crop=64", "--batch=2", "--learning_rate=0.01"]
    picture = np.asarray(Image.open(sorted(data.iterdir())[0]).convert("RGB"))[:96, :128]
    blob = Codec(small_bundle).compress(picture, quality=200)
    wanted = np.asarray(Codec(small_bundle).decompress(blob), np.float64)

    def distance() -> float:
        bundle = Bundle.load(out / "bundle")
        assert bundle.model_id == small_bundle.model_id
        assert Codec(bundle).compress(picture, quality=200) == blob
        got = np.asarray(Codec(bundle).decompress(blob), np.float64)
        return float(np.mean((got - wanted) ** 2))

    assert distill.main(["distill", *flags, "--steps=1"]) == 0
    fresh = distance()
    assert distill.main(["distill", *flags, "--steps=150"]) == 1
    assert "continue it with --resume" in capsys.readouterr().err
    assert distill.main(["distill", *flags, "--steps=150", "--resume"]) == 0
    assert distance() < 0.6 * fresh

    asked = json.loads((out / "run.json").read_text())
    assert asked["crop"] == 64
    assert [start["first_step"] for start in asked["about"]] == [0, 1]
    assert asked["about"][0]["flags"] == {"steps": 1}
    for reader in (load_run, load_start):
        with pytest.raises(UsageError, match="not a run of apps.train: take its bundle"):
            reader(str(out))


def test_wrong_data_leave_no_run_behind(small_bundle, tmp_path: Path):
    settings = DistillSettings(str(small_bundle.folder), "nowhere", str(tmp_path / "run"), steps=1)
    with pytest.raises(UsageError, match="nowhere"):
        train(settings)
    assert not (tmp_path / "run").exists()


def test_the_precision_of_a_run_ends_with_it(small_bundle, tmp_path: Path):
    places = str(small_bundle.folder), "nowhere", str(tmp_path / "run")
    with pytest.raises(UsageError, match="nowhere"):
        train(DistillSettings(*places, minutes=1.0, precision="mixed_bfloat16"))
    assert tf.keras.mixed_precision.global_policy().name == "float32"


def test_the_command_names_what_is_missing(tmp_path: Path, capsys):
    assert distill.main(["distill", f"--out={tmp_path}"]) == 2
    assert "--model is required" in capsys.readouterr().err
