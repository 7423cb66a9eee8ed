"""ChannelNorm, spectral normalisation and transposed convolution against other ways to get them."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.layers.channel_norm import ChannelNorm
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


@pytest.mark.parametrize("kernel_size", [3, 5])
def test_transposed_convolution_as_a_subpixel_convolution(kernel_size: int):
    layer = TransposedConv(5, kernel_size, activation="relu")
    x = tf.random.stateless_normal([2, 6, 7, 4], [3, 4])
    layer(x)
    layer.bias.assign(tf.random.stateless_normal([5], [5, 6]))
    expected = layer(x)
    layer.subpixel = True
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)
