"""The integer scale decoder: hand-worked layers, bounds, and identity of all ways to run it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgan_codec.errors import BitstreamError, BundleError
from tfgan_codec.format.scales import MAX_SUM, IntegerConv, ScaleDecoder, crc16

TF_SCRIPT = """
import sys
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[2]))
data = np.load(sys.argv[1])
a = tf.constant(data["z"][None], tf.float32)
for i in range(int(data["layers"])):
    kernel, bias = (tf.constant(data[f"{name}{i}"], tf.float32) for name in ("kernel", "bias"))
    shift, maximum, upscale = data[f"params{i}"].tolist()
    a = tf.nn.conv2d(a, kernel, strides=1, padding="SAME") + bias
    a = tf.clip_by_value(tf.floor(a * 2.0**-shift + 0.5), 0, maximum)
    a = tf.nn.depth_to_space(a, upscale) if upscale > 1 else a
np.save(sys.argv[3], a[0].numpy())
"""


def conv(kernel, bias, shift=1, maximum=255, upscale=1) -> IntegerConv:
    return IntegerConv(
        np.array(kernel, np.int32), np.array(bias, np.int32), shift, maximum, upscale
    )


def pointwise(weights, bias, **options) -> IntegerConv:
    """A 1x1 convolution from weights [cin][cout]."""
    return conv([[weights]], bias, **options)


def random_decoder(rng, channels=(8, 24, 32, 12), upscales=(2, 1, 2), sizes=(3, 3, 1)):
    """Weights nearly as large as the bounds allow, and all indexes in the output."""
    layers = []
    for cin, cout, upscale, size in zip(channels, channels[1:], upscales, sizes):
        kernel = rng.normal(size=(size, size, cin, cout * upscale**2))
        kernel *= 3900 / np.abs(kernel).sum((0, 1, 2))
        bias = rng.integers(-(2**15), 2**15, kernel.shape[3])
        layers.append(conv(np.clip(np.trunc(kernel), -127, 127), bias, 8, 255, upscale))
    layers[-1] = layers[-1]._replace(maximum=63, shift=11)
    decoder = ScaleDecoder(tuple(layers))
    decoder.check()
    return decoder


def extreme_decoders() -> tuple[ScaleDecoder, ScaleDecoder]:
    """Sums that reach the bound of 2^20, whose partial sums differ most: up then down again."""
    full = conv(np.zeros([1, 1, 2, 32]), [510] * 32)  # every activation becomes 255
    weights = np.full([32, 4], 127)
    weights[:, 1] *= -1
    weights[16:, 2] *= -1
    weights[::2, 3] *= -1
    bias = np.full(4, MAX_SUM - 255 * 127 * 32)
    bias[1] *= -1
    large = pointwise(weights, bias, shift=13)
    cancelling = pointwise(weights[:, 2:], [77, -77 + 300], shift=1)
    return ScaleDecoder((full, large)), ScaleDecoder((full, cancelling))


# Hand-worked layers.


def test_rounding_and_clipping():
    layer = pointwise([[1]], [0], shift=2, maximum=10)
    z = np.array([[-127, -3, -2, -1, 0, 1, 2, 5, 6, 9, 10, 37, 38, 42, 127]])[..., None]
    expected = [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 9, 10, 10, 10]
    assert ScaleDecoder((layer,))(z).ravel().tolist() == expected
    lifted = pointwise([[1]], [16], shift=2, maximum=10)
    # (16 - 18 + 2) >> 2 = 0, and halves go up: (16 - 2 + 2) >> 2 = 4, (16 - 3 + 2) >> 2 = 3.
    z = np.array([[-18, -2, -3]])[..., None]
    assert ScaleDecoder((lifted,))(z).ravel().tolist() == [0, 4, 3]


def test_zero_padding_and_kernel_orientation():
    kernel = np.arange(1, 10).reshape(3, 3, 1, 1)  # correlation, as in TensorFlow: not flipped
    z = np.zeros([3, 4, 1], int)
    z[1, 1] = 2
    expected = [[9, 8, 7, 0], [6, 5, 4, 0], [3, 2, 1, 0]]
    assert ScaleDecoder((conv(kernel, [0]),))(z)[..., 0].tolist() == expected


def test_depth_to_space_order():
    kernel = np.zeros([1, 1, 1, 8])
    layer = conv(kernel, 2 * np.arange(8), upscale=2)
    out = ScaleDecoder((layer,))(np.zeros([1, 2, 1], int))
    assert out.tolist() == [[[0, 1], [2, 3]] * 2, [[4, 5], [6, 7]] * 2]
    assert out.dtype == np.uint8
    assert ScaleDecoder((layer,)).upscale == 2


def test_symbols_out_of_range():
    decoder = ScaleDecoder((pointwise([[1]], [0]),))
    for value in (128, -128, 2**31 - 1):
        with pytest.raises(BitstreamError, match="127"):
            decoder(np.full([1, 1, 1], value))


# Bounds.


def test_bounds_are_inclusive():
    for decoder in extreme_decoders():
        decoder.check()
    pointwise_full = pointwise([[127]] * 32, [MAX_SUM - 255 * 127 * 32])
    ScaleDecoder((pointwise_full,)).check()


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([], "no layers"),
        ([pointwise([[128]], [0])], "weight of 128"),
        ([pointwise([[-128]], [0])], "weight of 128"),
        ([pointwise([[127]] * 32, [MAX_SUM - 255 * 127 * 32 + 1])], "may reach 1048577"),
        ([pointwise([[-127]] * 32, [-(MAX_SUM - 255 * 127 * 32) - 1])], "may reach 1048577"),
        ([pointwise([[1]], [-(2**31)])], "may reach"),
        ([pointwise([[1]], [0], shift=0)], "shift 0"),
        ([pointwise([[1]], [0], shift=21)], "shift 21"),
        ([pointwise([[1]], [0], maximum=256)], "maximum 256"),
        ([pointwise([[1]], [0], upscale=2)], "cannot upscale"),
        ([pointwise([[1] * 9], [0] * 9, upscale=3)], "cannot upscale"),
        ([conv(np.ones([2, 3, 1, 1]), [0])], "even kernel"),
        ([pointwise([[1]], [0, 0])], "shape"),
        ([pointwise([[1, 1]], [0, 0]), pointwise([[1]], [0])], "layer 1 expects 1 channels"),
        ([IntegerConv(np.ones([1, 1, 1, 1], np.float32), np.int32([0]), 1, 63, 1)], "float32"),
    ],
)
def test_check_rejects(layers, message):
    with pytest.raises(BundleError, match=message):
        ScaleDecoder(tuple(layers)).check()


# Every way to run it gives the same integers.


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=30, deadline=None)
def test_float32_is_exact(seed, height, width):
    rng = np.random.default_rng(seed)
    decoder = random_decoder(rng)
    z = rng.integers(-127, 128, (height, width, 8))
    index = decoder(z)
    assert index.shape == (height * 4, width * 4, 12)
    assert index.max() <= 63
    np.testing.assert_array_equal(index, decoder(z, exact=True))


def test_float32_is_exact_at_the_bound():
    z = np.ones([5, 5, 2], int)
    large, cancelling = extreme_decoders()
    for decoder in (large, cancelling):
        np.testing.assert_array_equal(decoder(z), decoder(z, exact=True))
    assert large(z)[0, 0].tolist() == [128, 0, 1, 1]
    # The sums of +-255 * 127 cancel: what is left is the bias.
    assert cancelling(z)[0, 0].tolist() == [39, 112]


@pytest.mark.skipif(not importlib.util.find_spec("tensorflow"), reason="TensorFlow not installed")
@pytest.mark.parametrize("threads", [1, 2])
def test_tensorflow_float32_is_exact(tmp_path, threads):
    rng = np.random.default_rng(threads)
    decoder = random_decoder(rng, channels=(96, 64, 64, 48))
    z = rng.integers(-127, 128, (12, 8, 96))
    arrays = {"z": z, "layers": len(decoder.layers)}
    for i, (kernel, bias, *params) in enumerate(decoder.layers):
        arrays |= {f"kernel{i}": kernel, f"bias{i}": bias, f"params{i}": params}
    np.savez(tmp_path / "in.npz", **arrays)
    command = [sys.executable, "-c", TF_SCRIPT, tmp_path / "in.npz", threads, tmp_path / "out.npy"]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    expected = decoder(z, exact=True)
    assert len(np.unique(expected)) > 50
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), expected)


# The index check.


def test_crc16_known_values():
    assert crc16(np.frombuffer(b"123456789", np.uint8)) == 0x29B1  # CRC-16/CCITT-FALSE
    assert crc16([]) == 0xFFFF
    assert crc16([0]) == 0xE1F0


def test_crc16_bytes_are_row_major():
    index = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert crc16(index) == crc16(index.ravel())
    assert crc16(index.transpose(1, 0, 2)) == crc16(index.transpose(1, 0, 2).ravel())
    assert crc16(index.transpose(1, 0, 2)) != crc16(index)


def test_crc16_sees_any_single_change():
    index = np.random.default_rng(0).integers(0, 64, 500)
    for place in range(0, 500, 13):
        changed = index.copy()
        changed[place] ^= 1 << place % 6
        assert crc16(changed) != crc16(index)
