"""The start of five-level codecs: channels of one strength, and pictures with colours."""

from __future__ import annotations

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec import models
from tfgan_codec.models.blocks import autoencoder
from tfgan_codec.models.blocks.calibration import DEVIATION, OUTPUT_DEVIATION
from tfgan_codec.models.msae import enlarge, shrink


@pytest.fixture(scope="module")
def pictures() -> tf.Tensor:
    """Smooth pictures that are mostly brightness, as photographs are."""
    random = np.random.default_rng(0)
    grey = random.uniform(20, 235, (8, 6, 6, 1))
    coarse = np.clip(grey + random.normal(0, 25, (8, 6, 6, 3)), 0, 255)
    return tf.clip_by_value(tf.image.resize(coarse, [64, 64], "bicubic"), 0, 255)


def calibrated(name: str, pictures: tf.Tensor, **arguments) -> tf.keras.Model:
    tf.keras.utils.set_random_seed(1)
    model = models.build(name, width=0.1, **arguments)
    model.build_weights()
    model.calibrate([pictures])
    return model


def deviations(x: tf.Tensor) -> np.ndarray:
    return x.numpy().std(axis=(0, 1, 2))


@pytest.mark.parametrize(("name", "scale"), [("mobilevit_gan", 0.05), ("ls_gan", 1.0)])
def test_channels_before_each_norm_have_the_stated_deviation(
    name: str, scale: float, pictures: tf.Tensor
):
    model = calibrated(name, pictures, latent_scale=scale)
    x = pictures / 127.5 - 1.0
    convolutions = [x for x in model.analysis.layers if isinstance(x, tf.keras.layers.Conv2D)]
    for layer in model.analysis.layers:
        x = layer(x)
        if layer in convolutions:
            expected = scale if layer is convolutions[-1] else DEVIATION
            np.testing.assert_allclose(deviations(x), expected, rtol=0.01)
    y = model.entropy.rounded(model.analyse(pictures))
    for layer in model.synthesis.layers:
        y = layer(y)
        if isinstance(layer, tf.keras.layers.Conv2D) and layer.filters > 3:
            np.testing.assert_allclose(deviations(y), DEVIATION, rtol=0.01)


def test_the_first_pictures_are_coloured_as_the_originals(pictures: tf.Tensor):
    reconstruction = calibrated("mobilevit_gan", pictures)(pictures).reconstruction
    np.testing.assert_allclose(
        tf.reduce_mean(reconstruction, axis=(0, 1, 2)),
        tf.reduce_mean(pictures, axis=(0, 1, 2)),
        atol=0.5,
    )
    around = reconstruction - tf.reduce_mean(reconstruction, axis=(0, 1, 2))
    assert float(tf.math.reduce_std(around)) == pytest.approx(127.5 * OUTPUT_DEVIATION, rel=0.01)
    colour = around - tf.reduce_mean(around, axis=-1, keepdims=True)
    assert float(tf.math.reduce_std(colour)) > 5.0


def test_variables_stay_what_they_are(pictures: tf.Tensor):
    fresh = models.build("mobilevit_gan", width=0.1)
    fresh.build_weights()
    shapes = [(v.name, v.shape) for v in fresh.variables]
    fresh.calibrate([pictures])
    assert [(v.name, v.shape) for v in fresh.variables] == shapes


def test_flat_pictures_leave_finite_weights():
    model = calibrated("ls_gan", tf.fill([2, 64, 64, 3], 90.0))
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_without_norms_nothing_is_calibrated(pictures: tf.Tensor):
    model = models.build("ls_gan", width=0.05, norm="none", upsample="nearest")
    model.build_weights()
    before = model.get_weights()
    model.calibrate([pictures])
    for want, got in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(got, want)


def test_each_scale_of_msae_begins_with_what_the_one_before_lacks(pictures: tf.Tensor):
    model = calibrated("msae", pictures, norm="channel")
    for targets, part, made in zip(
        shrink(pictures, 3), model.layer_codecs, _predictions(model, pictures)
    ):
        latents = part.analyse(targets - made)
        np.testing.assert_allclose(deviations(latents), autoencoder.DEVIATION, rtol=0.01)
    output = model(pictures)
    for made in (*output.coarse, output):
        colours = tf.reduce_mean(made.reconstruction, axis=(0, 1, 2))
        np.testing.assert_allclose(colours, tf.reduce_mean(pictures, axis=(0, 1, 2)), atol=0.5)


def _predictions(model: tf.keras.Model, pictures: tf.Tensor) -> list[tf.Tensor | float]:
    """What each scale is given: nothing, then the enlarged pictures of the one before."""
    return [0.0, *(enlarge(made.reconstruction) for made in model(pictures).coarse)]
