"""Channel-spatial attention, against the paper's equations in numpy."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.layers.attention import AttentionBlock, ChannelAttention, SpatialAttention
from tfgan_codec.layers.reach import reach


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, 7, 9, 32)).astype(np.float32)


def test_channel_attention(features: np.ndarray):
    """Eq. 1: the same two matrices for both poolings; one weight per channel."""
    layer = ChannelAttention(32, ratio=16)
    got = layer(features).numpy()
    first, second = layer.reduce, layer.expand
    assert first.kernel.shape == (32, 2)

    def mlp(pooled: np.ndarray) -> np.ndarray:
        hidden = np.maximum(pooled @ first.kernel.numpy() + first.bias.numpy(), 0)
        return hidden @ second.kernel.numpy() + second.bias.numpy()

    weights = sigmoid(mlp(features.mean((1, 2))) + mlp(features.max((1, 2))))
    np.testing.assert_allclose(got, features * weights[:, None, None], rtol=1e-5, atol=1e-6)
    assert len(layer.trainable_variables) == 4


def test_spatial_attention(features: np.ndarray):
    """Eq. 2: one weight per position, from the mean and the largest channel around it."""
    layer = SpatialAttention()
    got = layer(features).numpy()
    kernel, bias = layer.conv.kernel.numpy(), layer.conv.bias.numpy()
    assert kernel.shape == (5, 5, 2, 1)
    pooled = np.stack([features.mean(-1), features.max(-1)], axis=-1)
    padded = np.pad(pooled, [(0, 0), (2, 2), (2, 2), (0, 0)])
    weight = sigmoid(np.sum(padded[1, 3 : 3 + 5, 4 : 4 + 5] * kernel[..., 0]) + bias[0])
    np.testing.assert_allclose(got[1, 3, 4], features[1, 3, 4] * weight, rtol=1e-5)


@pytest.mark.parametrize("inverse", [False, True])
def test_block(features: np.ndarray, inverse: bool):
    """Residual blocks without an activation after the sum, then the two attentions."""
    block = AttentionBlock(32, blocks=2, inverse=inverse)
    got = block(features)
    x = tf.constant(features)
    for number in range(2):
        a = block.first[number](x)
        magnitudes = 1.0 + 0.1 * tf.abs(a)  # GDN as it starts
        a = a * magnitudes if inverse else a / magnitudes
        x = x + block.second[number](a)
    channel, spatial = block.attentions
    want = spatial(channel(x))
    np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)
    assert float(tf.reduce_min(x)) < 0
    assert not any("batch_normalization" in v.name for v in block.variables)


@pytest.mark.parametrize("inverse", [False, True])
def test_a_fresh_block_keeps_the_signal(features: np.ndarray, inverse: bool):
    """Gates at a half would leave a quarter of it, and a 65,536th after the eight of a codec."""
    tf.keras.utils.set_random_seed(0)
    ratio = np.linalg.norm(AttentionBlock(32, inverse=inverse)(features)) / np.linalg.norm(features)
    assert 0.7 < ratio < 1.5


def test_weights_depend_on_the_whole_picture(features: np.ndarray):
    """Why such networks take pictures in one piece."""
    layer = ChannelAttention(32)
    far = features.copy()
    far[:, -1, -1] += 9.0
    assert not np.allclose(layer(features)[:, 0, 0], layer(far)[:, 0, 0], rtol=1e-3)


def test_plain_blocks(features: np.ndarray):
    """Without attentions a block looks 2 positions to each side per residual block, no further."""
    block = AttentionBlock(32, blocks=2, ratio=0)
    assert reach([block]) == 4
    far = features.copy()
    far[:, :, 5:] += 9.0
    near, changed = block(features), block(far)
    assert len(block.trainable_variables) == 2 * (2 * 2 + 2)  # convolutions and GDN
    np.testing.assert_array_equal(near[:, :, 0], changed[:, :, 0])
    assert not np.allclose(near[:, :, 1], changed[:, :, 1], rtol=1e-3)
