"""ChannelNorm, spectral normalisation and transposed convolution against other ways to get them."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.layers.channel_norm import ChannelNorm
from tfgan_codec.layers.dropout import CountedDropout
from tfgan_codec.layers.minibatch import MinibatchStdDev
from tfgan_codec.layers.spectral import SpectralConv2D
from tfgan_codec.layers.upsample import TransposedConv


def test_channel_norm_equals_numpys():
    x = np.random.default_rng(0).normal(3, 2, (2, 3, 4, 5)).astype(np.float32)
    layer = ChannelNorm()
    layer(x)
    layer.set_weights([np.full(5, 2.0), np.full(5, 0.5)])
    deviation = np.sqrt(x.var(axis=-1, ddof=1, keepdims=True) + 1e-3)
    expected = 2.0 * (x - x.mean(axis=-1, keepdims=True)) / deviation + 0.5
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)


def test_spectral_norm_brings_the_largest_singular_value_to_one():
    layer = SpectralConv2D(6, 3, padding="same")
    layer(tf.zeros([1, 8, 8, 4]))
    layer.kernel.assign(3.0 * layer.kernel)
    for _ in range(200):
        layer.normalized_kernel(update=True)
    matrix = layer.normalized_kernel(update=False).numpy().reshape(-1, 6)
    assert np.linalg.svd(matrix, compute_uv=False)[0] == pytest.approx(1.0, abs=1e-4)


def test_spectral_norm_moves_only_in_training_and_never_the_kernel():
    layer = SpectralConv2D(6, 3, padding="same")
    x = tf.random.stateless_normal([1, 8, 8, 4], [1, 2])
    layer(x)
    kernel, u = layer.kernel.numpy(), layer.u.numpy()
    layer(x, training=False)
    np.testing.assert_array_equal(layer.u, u)
    layer(x, training=True)
    assert np.abs(layer.u.numpy() - u).max() > 1e-4
    np.testing.assert_array_equal(layer.kernel, kernel)
    assert [v.name for v in layer.trainable_variables] == [layer.kernel.name, layer.bias.name]


def test_dropout_keeps_the_mean():
    layer = CountedDropout(0.25, salt=0)
    y = layer(tf.ones([10, 20, 20, 8]), training=True).numpy()
    assert set(np.unique(y)) == {0.0, np.float32(1 / 0.75)}
    assert (y == 0).mean() == pytest.approx(0.25, abs=0.01)


def test_minibatch_deviation_by_hand():
    """Two channels, groups of two: deviations (1, 3) of the first pair, 0 of the second."""
    x = np.zeros((4, 2, 2, 2), np.float32)
    x[0] = [1, 3]
    x[1] = [3, 9]
    y = MinibatchStdDev(2)(tf.constant(x)).numpy()
    np.testing.assert_array_equal(y[..., :2], x)
    np.testing.assert_allclose(y[:2, ..., 2], 2.0, atol=1e-4)
    np.testing.assert_allclose(y[2:, ..., 2], 0.0, atol=2e-4)


def test_minibatch_groups_never_mix_originals_and_decoded_pictures():
    """Batch of 3 and 3: groups of 3, though 6 could be cut into twos."""
    halves = tf.concat([tf.zeros([3, 2, 2, 1]), tf.fill([3, 2, 2, 1], 9.0)], axis=0)
    assert float(tf.reduce_max(MinibatchStdDev(3)(halves, training=True)[..., 1])) < 1e-3
    assert float(tf.reduce_max(MinibatchStdDev(2)(halves, training=True)[..., 1])) < 1e-3
    assert float(tf.reduce_max(MinibatchStdDev(6)(halves)[..., 1])) == pytest.approx(4.5)


@pytest.mark.parametrize("kernel_size", [3, 5])
def test_transposed_convolution_as_a_subpixel_convolution(kernel_size: int):
    layer = TransposedConv(5, kernel_size, activation="relu")
    x = tf.random.stateless_normal([2, 6, 7, 4], [3, 4])
    layer(x)
    layer.bias.assign(tf.random.stateless_normal([5], [5, 6]))
    expected = layer(x)
    layer.subpixel = True
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)
