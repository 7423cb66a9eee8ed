"""A run that trained the decoder alone becomes one more decoder of a bundle."""

import shutil
from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from apps import train as train_app
from export import bundle as bundle_app
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.codec import Codec
from tfgan_codec.errors import UsageError
from tfgan_codec.models.from_bundle import restore
from tfgan_codec.training.trained import load_start


def _train(photographs: Path, out: Path, phase: str) -> None:
    data = out.with_name("data")
    data.mkdir()
    for path in photographs.glob("*.png"):
        shutil.copy(path, data)
    flags = ["--init_from=mobile", f"--data={data}", f"--out={out}", "--steps=2"]
    flags += ["--loss=mse:weight=1", f"--phase=1.0:64:1:0:0{phase}", "--learning_rate=1e-3"]
    assert train_app.main(["train", *flags]) == 0


def test_training_starts_with_either_decoder():
    bundle = Bundle.load("mobile")
    picture = tf.random.stateless_uniform([1, 64, 64, 3], [1, 2], 0.0, 255.0)
    seed = tf.zeros([2], tf.int32)
    for place, realism in (("mobile", 0.0), ("mobile@0", 0.0), ("mobile@1", 1.0)):
        start, expected = load_start(place), restore(bundle, realism)
        a, b = (
            m(picture, quality=tf.constant([9.0]), seed=seed, training=False)
            for m in (start, expected)
        )
        np.testing.assert_array_equal(a.reconstruction, b.reconstruction)
    with pytest.raises(UsageError, match="after @ comes the realism"):
        load_start("mobile@much")


@pytest.mark.slow
def test_a_decoder_is_added_and_the_files_stay(photographs: Path, tmp_path: Path, capsys):
    run, out = tmp_path / "run", tmp_path / "bundle"
    _train(photographs, run, ":freeze=analysis+entropy+gains")
    flags = [f"--model={run}", f"--out={out}", "--name=both"]
    assert bundle_app.main(["bundle", *flags]) == 1
    assert "give export.bundle --add_to=mobile" in capsys.readouterr().err
    assert bundle_app.main(["bundle", *flags, "--add_to=mobile"]) == 0
    base, both = Bundle.load("mobile"), Bundle.load(out)
    assert (both.name, both.model_id) == ("both", base.model_id)
    assert set(both.realisms) == {*base.realisms, 1.0}
    assert both.part("synthesis", 0.0) == base.part("synthesis", 0.0)
    assert both.part("synthesis", 1.0) != base.part("synthesis", 0.0)
    picture = np.full((48, 80, 3), 128, np.uint8)
    assert Codec(both).compress(picture, quality=9) == Codec(base).compress(picture, quality=9)


@pytest.mark.slow
def test_a_run_that_changed_the_encoder_is_refused(photographs: Path, tmp_path: Path, capsys):
    _train(photographs, tmp_path / "run", "")
    flags = [f"--model={tmp_path / 'run'}", "--add_to=mobile", f"--out={tmp_path / 'bundle'}"]
    assert bundle_app.main(["bundle", *flags]) == 1
    assert "freeze=analysis+entropy+gains" in capsys.readouterr().err
