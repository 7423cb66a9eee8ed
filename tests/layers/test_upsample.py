import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.layers.residual import ResidualBlock
from tfgan_codec.layers.upsample import UPSAMPLING, SubpixelUpsample, TransposedConv, interpolating


@pytest.mark.parametrize("kernel_size", [1, 3])
def test_starts_without_a_checkerboard(kernel_size: int):
    layer = SubpixelUpsample(5, kernel_size)
    y = layer(tf.random.stateless_normal([2, 4, 6, 3], [0, 1])).numpy()
    assert y.shape == (2, 8, 12, 5)
    phases = y.reshape(2, 4, 2, 6, 2, 5)
    np.testing.assert_allclose(phases, np.broadcast_to(phases[:, :, :1, :, :1], phases.shape))


def test_equals_a_transposed_convolution():
    """What the Edge TPU export relies on: kernel 2 and stride 2 hold the same weights."""
    layer = SubpixelUpsample(4)
    x = tf.random.stateless_normal([1, 3, 5, 6], [2, 3])
    want = layer(x)
    kernel = np.zeros([2, 2, 4, 6], np.float32)
    for row in range(2):
        for column in range(2):
            phase = layer.conv.kernel[0, 0, :, (2 * row + column) * 4 :][:, :4]
            kernel[row, column] = phase.numpy().T
    got = tf.nn.conv2d_transpose(x, kernel, [1, 6, 10, 4], strides=2)
    np.testing.assert_allclose(got, want, atol=1e-5)


@pytest.mark.parametrize(("name", "smooth"), [("nearest", 1), ("subpixel", 1), ("transposed", 0)])
def test_checkerboards_of_fresh_layers(name: str, smooth: int):
    """A constant goes in: whatever varies inside of the picture is an artefact of the layer."""
    y = UPSAMPLING[name](4, 3)(tf.ones([1, 8, 8, 6])).numpy()[0, 4:-4, 4:-4]
    assert y.shape == (8, 8, 4)
    assert (np.ptp(y, axis=(0, 1)).max() < 1e-5) == smooth


@pytest.mark.parametrize("kernel_size", [3, 5])
def test_interpolating_kernel_keeps_flat_areas_flat(kernel_size: int):
    """All four phases of a constant are equally bright: the sum over channels of the mixing."""
    layer = TransposedConv(4, kernel_size, kernel_initializer=interpolating)
    y = layer(tf.ones([1, 8, 8, 6])).numpy()[0, 4:-4, 4:-4]
    mixing = layer.kernel.numpy().sum(axis=(0, 1)) / 4.0
    np.testing.assert_allclose(y, np.broadcast_to(mixing.sum(axis=-1), y.shape), atol=1e-5)
    assert np.abs(mixing).min() > 0


def test_interpolating_kernel_interpolates_linearly():
    layer = TransposedConv(1, 3, kernel_initializer=interpolating)
    ramp = tf.broadcast_to(tf.range(8.0)[None, :, None, None], [1, 8, 8, 1])
    y = layer(ramp).numpy()[0, 2:-2, 5, 0]
    np.testing.assert_allclose(np.diff(y, 2), 0.0, atol=1e-5)


def test_nearest_has_no_checkerboard_at_any_weights():
    layer = UPSAMPLING["nearest"](4, 3)
    x = tf.random.stateless_normal([1, 5, 6, 3], [6, 7])
    layer(x)
    layer.conv.kernel.assign(tf.random.stateless_normal(layer.conv.kernel.shape, [8, 9]))
    y = layer(tf.ones([1, 8, 8, 3])).numpy()[0, 4:-4, 4:-4]
    assert np.ptp(y, axis=(0, 1)).max() < 1e-5
    repeated = np.repeat(np.repeat(x, 2, axis=1), 2, axis=2)
    np.testing.assert_allclose(layer(x), layer.conv(repeated), atol=1e-5)


def test_residual_block_starts_near_the_identity():
    x = tf.random.stateless_normal([1, 8, 8, 16], [4, 5])
    change = ResidualBlock(16)(x) - x
    assert 0 < float(tf.math.reduce_std(change)) < 0.5
