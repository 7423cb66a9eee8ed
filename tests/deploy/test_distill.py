"""The light decoder is trained beside the codec, and its bundle opens the same files."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

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
from tfgan_codec.training.trained import load_run


def test_the_lite_decoder_is_below_10_kmac_per_pixel():
    from tfgan_codec.deploy.convert import convert

    network = synthesis(MobileConfig(synthesis=WIDTHS, blocks=BLOCKS))
    shape = (1, 8, 8, 128)
    work = of_tflite(convert(network, shape), shape, 128 * 128)
    assert work.kmac_per_pixel == pytest.approx(7.9, abs=0.1)


def test_a_run_and_its_resumption(small_bundle, photographs: Path, tmp_path: Path, capsys):
    data = tmp_path / "data"
    data.mkdir()
    for path in photographs.glob("*.png"):
        shutil.copy(path, data)
    flags = [f"--model={small_bundle.folder}", f"--data={data}", f"--out={tmp_path / 'run'}"]
    flags += ["--minutes=0.01", "--crop=64", "--batch=2"]
    assert distill.main(["distill", *flags]) == 0
    assert distill.main(["distill", *flags]) == 1
    assert "continue it with --resume" in capsys.readouterr().err
    assert distill.main(["distill", *flags, "--resume"]) == 0
    asked = json.loads((tmp_path / "run" / "run.json").read_text())
    assert asked["crop"] == 64
    with pytest.raises(UsageError, match="is not a run of apps.train"):
        load_run(tmp_path / "run")
    bundle = Bundle.load(tmp_path / "run" / "bundle")
    assert bundle.model_id == small_bundle.model_id
    picture = np.full((48, 80, 3), 128, np.uint8)
    blob = Codec(small_bundle).compress(picture, quality=90)
    assert Codec(bundle).compress(picture, quality=90) == blob
    assert Codec(bundle).decompress(blob).size == (80, 48)


def test_the_precision_of_a_run_ends_with_it(small_bundle, tmp_path: Path):
    places = str(small_bundle.folder), "nowhere", str(tmp_path / "run")
    with pytest.raises(UsageError, match="nowhere"):
        train(DistillSettings(*places, minutes=1.0, precision="mixed_bfloat16"))
    assert tf.keras.mixed_precision.global_policy().name == "float32"


def test_the_command_names_what_is_missing(tmp_path: Path, capsys):
    assert distill.main(["distill", f"--out={tmp_path}"]) == 2
    assert "--model is required" in capsys.readouterr().err
