"""A Keras model restored from its bundle is the model that was exported."""

from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.bundle.tflite_file import TfliteFile
from tfgan_codec.codec import Codec
from tfgan_codec.deploy import bundling
from tfgan_codec.errors import BundleError
from tfgan_codec.models.from_bundle import RestoredMobile, restore
from tfgan_codec.models.mobile import Mobile


@pytest.fixture(scope="module")
def bundle(small_mobile: Mobile, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("bundle")
    return bundling.write(small_mobile, str(folder), "small", {})


@pytest.fixture(scope="module")
def restored(bundle: Bundle) -> RestoredMobile:
    return restore(bundle)


def test_the_widths_are_found(small_mobile: Mobile, restored: RestoredMobile):
    assert restored.config == small_mobile.config


def test_weights_agree_to_half_precision(small_mobile: Mobile, restored: RestoredMobile):
    """All but the densities of the hyper-latents, which no bundle holds."""
    densities = {id(v) for v in small_mobile.entropy.side.prior.trainable_variables}
    scales = {id(v) for v in small_mobile.entropy.scale_decoder.trainable_variables}
    compared = 0
    for want, got in zip(small_mobile.trainable_variables, restored.trainable_variables):
        if id(want) in densities | scales:
            continue
        largest = float(tf.reduce_max(tf.abs(want)))
        np.testing.assert_allclose(got, want, atol=largest * 2**-10, err_msg=want.name)
        compared += 1
    assert compared > 50


def test_what_decides_the_parse_is_exact(small_mobile: Mobile, restored: RestoredMobile):
    assert restored.model_id() == small_mobile.model_id()
    restored.prepare_for_coding()  # as export does; the tables stay
    assert restored.model_id() == small_mobile.model_id()


def test_networks_equal_those_of_the_bundle(bundle: Bundle, restored: RestoredMobile):
    """Bundle and restored model hold the same rounded weights: only the order of sums differs."""
    random = np.random.default_rng(1)
    entropy = restored.entropy
    cases = {
        "analysis": (restored.analyse, random.uniform(0, 255, (80, 112, 3))),
        "hyper_analysis": (entropy.hyper_analysis, random.normal(0, 2, (12, 20, 16))),
        "mean": (entropy.mean_decoder, random.integers(-5, 6, (3, 5, 8))),
        "synthesis": (restored.synthesise, random.normal(0, 1, (7, 9, 16))),
    }
    for kind, (function, x) in cases.items():
        want = bundle.network(kind)(x.astype(np.float32))
        got = function(tf.constant(x[None], tf.float32))[0].numpy()
        np.testing.assert_allclose(got, want, atol=1e-4 * np.abs(want).max(), err_msg=kind)


def test_channels_at_the_accumulator_bound_come_back(small_mobile: Mobile, tmp_path: Path):
    """Such channels were scaled down in training, and would be again by rounding up."""
    layer = small_mobile.entropy.scale_decoder.layers[1]
    before = layer.kernel.numpy()
    layer.kernel.assign(before * 1000.0)
    bundle = bundling.write(small_mobile, str(tmp_path), "small", {})
    layer.kernel.assign(before)
    assert restore(bundle).model_id() == bundle.model_id


def test_each_decodes_the_files_of_the_other(bundle: Bundle, restored: RestoredMobile):
    coarse = np.random.default_rng(0).uniform(0, 255, (5, 7, 3))
    picture = tf.cast(tf.image.resize(coarse, [75, 100], "bicubic"), tf.uint8).numpy()
    codec = Codec(bundle)
    for blob in (restored.compress(picture, 90), codec.compress(picture, quality=90)):
        keras = restored.decompress(blob).astype(int)
        assert np.abs(keras - np.asarray(codec.decompress(blob))).max() <= 1


def test_other_bundles_are_refused(tiny_dir: Path):
    with pytest.raises(BundleError, match="only its bundles can be restored"):
        restore(Bundle.load(tiny_dir))


def test_other_files_are_refused():
    with pytest.raises(BundleError, match=r"not a \.tflite file"):
        TfliteFile(b"not a network at all")
