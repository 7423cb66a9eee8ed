"""A Keras model and its bundle are the same codec."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from export import bundle as bundle_app
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.codec import Codec
from tfgan_codec.deploy import bundling
from tfgan_codec.layers.reach import reach
from tfgan_codec.models.mobile import Mobile


@pytest.fixture(scope="module")
def exported(small_mobile: Mobile, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("bundle")
    return bundling.write(small_mobile, str(folder), "small", {"made": "by a test"})


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """Not of the size that the networks are traced at, and no multiple of the stride."""
    coarse = np.random.default_rng(0).uniform(0, 255, (5, 7, 3))
    return tf.cast(tf.image.resize(coarse, [150, 200], "bicubic"), tf.uint8).numpy()


def test_the_model_id_is_that_of_the_keras_model(small_mobile: Mobile, exported: Bundle):
    assert exported.model_id == small_mobile.model_id()


def test_networks_agree_to_half_precision(small_mobile: Mobile, exported: Bundle):
    random = np.random.default_rng(1)
    entropy = small_mobile.entropy
    cases = {
        "analysis": (small_mobile.analyse, random.uniform(0, 255, (80, 112, 3))),
        "hyper_analysis": (entropy.hyper_analysis, random.normal(0, 2, (12, 20, 16))),
        "mean": (entropy.mean_decoder, random.integers(-5, 6, (3, 5, 8))),
        "synthesis": (small_mobile.synthesise, random.normal(0, 1, (7, 9, 16))),
    }
    for kind, (function, x) in cases.items():
        want = function(tf.constant(x[None], tf.float32))[0].numpy()
        got = exported.network(kind)(x.astype(np.float32))
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, atol=0.004 * np.abs(want).max(), err_msg=kind)


def test_each_decodes_the_files_of_the_other(
    small_mobile: Mobile, exported: Bundle, picture: np.ndarray
):
    codec = Codec(exported)
    for blob in (small_mobile.compress(picture, 90), codec.compress(picture, quality=90)):
        keras = small_mobile.decompress(blob).astype(int)
        portable = np.asarray(codec.decompress(blob)).astype(int)
        # Half-precision weights in a network whose random pictures span far more than 0..255.
        assert np.abs(keras - portable).mean() < 0.3
        assert np.abs(keras - portable).max() <= 4


def test_reach_is_where_an_impulse_can_be_seen(small_mobile: Mobile):
    """A change outside the halo changes nothing, one at its edge does."""
    network = small_mobile.synthesis
    halo = reach(network.layers)
    y = np.zeros([1, 4 * halo, 1, 16], np.float32)
    shifted = y.copy()
    middle = 2 * halo
    shifted[0, middle] = 100.0
    change = np.abs(network(shifted) - network(y)).max(axis=(0, 2, 3)).reshape(-1, 16).max(axis=1)
    changed = np.flatnonzero(change)
    assert max(middle - changed.min(), changed.max() - middle) == halo


@pytest.mark.parametrize(("flag", "name"), [((), "hific"), (("--name=mine",), "mine")])
def test_a_bundle_is_called_after_its_system(
    exported: Bundle, tmp_path: Path, monkeypatch, flag, name, capsys
):
    (tmp_path / "run.json").write_text('{"model": "hific:width=0.05"}')
    (tmp_path / "bundle").mkdir()
    model = SimpleNamespace(
        name="hific",
        measure=lambda batches: None,
        prepare_for_coding=lambda: None,
        g_optimizer=SimpleNamespace(iterations=3),
    )
    names = []
    monkeypatch.setattr(bundling, "load_run", lambda *_: model)
    monkeypatch.setattr(
        bundling, "write", lambda _, out, name, info: names.append(name) or exported
    )
    flags = [f"--model={tmp_path}", f"--out={tmp_path / 'bundle'}", *flag]
    assert bundle_app.main(["bundle", *flags]) == 0
    assert names == [name]


def test_the_command_names_what_is_missing(tmp_path: Path, capsys):
    assert bundle_app.main(["bundle", f"--out={tmp_path}"]) == 2
    assert "--model is required" in capsys.readouterr().err
    assert bundle_app.main(["bundle", f"--out={tmp_path}", f"--model={tmp_path}"]) == 1
    assert "not a run" in capsys.readouterr().err
