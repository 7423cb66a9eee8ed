"""Post-processing behind any codec, trained with it or alone."""

import math

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec import losses, models
from tfgan_codec.errors import UsageError
from tfgan_codec.layers.reach import reach
from tfgan_codec.models.blocks.post_processing import PostProcessing
from tfgan_codec.training.trained import copy_weights

CODECS = {"hific": {}, "ls_gan": {}, "adversarial": {"blocks": 1, "kernel": 3}}
FAST = ("ls_gan",)


def test_published_size():
    layer = PostProcessing()
    layer(tf.zeros([1, 8, 8, 3]))
    assert layer.count_params() == 1_480_643
    # The decoders of the paper differ by 5,513,155 bytes, 0.93 of these weights in float32: zipped.
    assert 0.92 < 5_513_155 / (4 * layer.count_params()) < 0.94


def test_residual_blocks_with_constant_scaling():
    layer = PostProcessing(width=0.1, blocks=2)
    x = tf.random.stateless_normal([1, 9, 8, 3], [1, 2])
    np.testing.assert_array_equal(layer(x), x)  # at first
    layer.tail.kernel.assign(tf.random.stateless_normal(layer.tail.kernel.shape, [3, 4]))
    y = layer.head(x)
    for first, second in zip(layer.first, layer.second):
        y = y + 0.1 * second(tf.nn.relu(first(y)))
    np.testing.assert_allclose(layer(x), x + layer.tail(y), rtol=1e-5)


def test_pictures_stay_float32_under_mixed_precision():
    tf.keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        layer = PostProcessing(width=0.1, blocks=1)
        x = tf.random.stateless_normal([1, 9, 8, 3], [1, 2])
        np.testing.assert_array_equal(layer(x), x)
        assert layer.head(x).dtype == tf.bfloat16
    finally:
        tf.keras.mixed_precision.set_global_policy("float32")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in FAST else pytest.mark.slow) for n in CODECS]
)
def test_alone_on_a_finished_codec(name: str):
    """It starts as the identity; a step moves nothing else when the rest is frozen."""
    tf.keras.utils.set_random_seed(1)
    arguments = {"width": 0.03, **CODECS[name]}
    finished = models.build(name, post_processing=0, **arguments)
    finished.build_weights()
    model = models.build(name, post_processing=0.1, **arguments)
    model.build_weights()
    copy_weights(finished, model)
    pictures = tf.random.stateless_uniform([1, 64, 64, 3], [1, 2], 0.0, 255.0)
    before = finished(pictures)
    np.testing.assert_array_equal(model(pictures).reconstruction, before.reconstruction)
    model.compile(
        g_optimizer=tf.keras.optimizers.Adam(1e-2),
        losses=losses.build(["mse:weight=1"]),
        freeze=("analysis", "synthesis", "entropy"),
        run_eagerly=True,
    )
    assert len(model.trained_variables) == len(model.post_processing.trainable_variables)
    model.train_step(pictures)
    after = model(pictures)
    assert not np.allclose(after.reconstruction, before.reconstruction)
    np.testing.assert_array_equal(after.latents, before.latents)
    for ours, theirs in zip(model.synthesis.variables, finished.synthesis.variables):
        np.testing.assert_array_equal(ours, theirs)


def test_reach_of_a_decoder_with_it():
    model = models.build("ls_gan", width=0.03, post_processing=0.1)
    model.build_weights()
    # k3 and nine blocks; four upsamplings; k7: then 42 convolutions of reach 1 at full size.
    own = 1 + 18 + (1 + 1 / 2 + 1 / 4 + 1 / 8) + 3 / 16
    assert reach(model.synthesis.layers) == math.ceil(own) == 22
    assert model.synthesis_reach == math.ceil(own + 42 / 16) == 24


def test_where_it_has_no_place():
    with pytest.raises(UsageError, match="no post-processing"):
        models.build("msae", post_processing=1)
