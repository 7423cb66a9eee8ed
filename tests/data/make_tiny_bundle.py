"""Writes tests/data/tiny: a hand-made model with which pictures come back roughly.

The latents are the mean colours (Y, Cb, Cr) of 8x8 blocks; a hyper-latent says how much they vary
and what their mean is. Nothing is trained, so the fixture can be made again from these lines (the
committed one is what golden files were made with; TensorFlow's converter may change byte for byte).

    python tests/data/make_tiny_bundle.py        # needs TensorFlow
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tfgan_codec.bundle.model import BundlePart
from tfgan_codec.bundle.writing import write_bundle
from tfgan_codec.format.scales import IntegerConv, ScaleDecoder
from tfgan_codec.format.tables import gaussian_tables

FOLDER = Path(__file__).parent / "tiny"
C, CZ = 12, 4  # 2x2 blocks of 3 colours; texture and 3 means
TO_YCC = np.array([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]]).T
UNIT = 8.0  # pixel levels per unit of a latent


def conv(
    x: tf.Tensor, kernel: np.ndarray, bias: np.ndarray | float = 0.0, stride: int = 1
) -> tf.Tensor:
    """A convolution layer with given weights [kh, kw, cin, cout]."""
    layer = tf.keras.layers.Conv2D(kernel.shape[3], kernel.shape[:2], stride, "same")
    y = layer(x)
    layer.set_weights([kernel, np.broadcast_to(bias, kernel.shape[3])])
    return y


def per_channel(taps: np.ndarray, channels: int) -> np.ndarray:
    """The same filter [kh, kw] for each channel."""
    return taps[:, :, None, None] * np.eye(channels)


def analysis(x: tf.Tensor) -> tf.Tensor:
    means = conv(x, np.tile(TO_YCC / 64 / UNIT, (8, 8, 1, 1)), [-128 / UNIT, 0, 0], stride=8)
    to_depth = np.eye(C).reshape(2, 2, 3, C)
    return conv(means, to_depth, stride=2)


def hyper_analysis(v: tf.Tensor) -> tf.Tensor:
    laplacian = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]]) / 4
    texture = tf.abs(conv(v, per_channel(laplacian, C)))
    both = tf.concat([texture, v], axis=-1)
    kernel = np.zeros([4, 4, 2 * C, CZ])
    for channel in range(C):
        kernel[:, :, channel, 0] = (4.0 if channel % 3 == 0 else 0.0) / 4 / 16
        kernel[:, :, C + channel, 1 + channel % 3] = 1 / 4 / 16
    return conv(both, kernel, stride=4)


def mean(z: tf.Tensor) -> tf.Tensor:
    kernel = np.zeros([3, 3, CZ, 16 * C])
    blur = np.array([[0, 1, 0], [1, 12, 1], [0, 1, 0]]) / 16
    for out in range(16 * C):
        kernel[:, :, 1 + out % C % 3, out] = blur
    return tf.nn.depth_to_space(conv(z, kernel), 4)


def synthesis(y: tf.Tensor, smooth: bool) -> tf.Tensor:
    colours = conv(tf.nn.depth_to_space(y, 2), np.linalg.inv(TO_YCC)[None, None] * UNIT)
    taps = np.zeros([3, 8])
    for position in range(8):  # weights of the left, own and right block
        offset = (position - 3.5) / 8 if smooth else 0.0
        taps[:, position] = max(-offset, 0), 1 - abs(offset), max(offset, 0)
    kernel = np.einsum("ap,bq,cd->abcpqd", taps, taps, np.eye(3)).reshape(3, 3, 3, 192)
    return tf.nn.depth_to_space(conv(colours, kernel, 128), 8)


def scale_decoder() -> ScaleDecoder:
    """Index of about log(texture), as a sum of three ramps that saturate one after the other."""
    rng = np.random.default_rng(1)
    first = rng.integers(-1, 2, [3, 3, CZ, 16])  # noise, so that any mistake shows
    first[:, :, 1:] = 0
    second = rng.choice([-1, 0, 1], [3, 3, 4, 4 * C], p=[0.02, 0.9, 0.08])
    for block in range(4):
        first[1, 1, 0, block * 4 : block * 4 + 3] = 120, 32, 4
    second[1, 1, :3] = np.array([28, 12, 23])[:, None]
    layers = (
        IntegerConv(first, np.zeros(16, int), shift=1, maximum=255, upscale=2),
        IntegerConv(second, np.full(4 * C, 200), shift=8, maximum=63, upscale=2),
    )
    return ScaleDecoder(layers)


def tflite(function: Callable[[tf.Tensor], tf.Tensor], shape: tuple[int, int, int]) -> bytes:
    """Converts at a static shape, float16 weights."""
    x = tf.keras.Input(shape, batch_size=1)
    converter = tf.lite.TFLiteConverter.from_keras_model(tf.keras.Model(x, function(x)))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


def main() -> None:
    gain = np.geomspace(0.05, 2, 256)[:, None] * np.ones(C)
    bundle = write_bundle(
        FOLDER,
        name="tiny",
        networks={
            "analysis": BundlePart(tflite(analysis, (64, 64, 3)), halo=0),
            "hyper_analysis": BundlePart(tflite(hyper_analysis, (4, 4, C)), halo=1),
            "mean": BundlePart(tflite(mean, (1, 1, CZ)), halo=1),
        },
        synthesis={
            0.0: BundlePart(tflite(lambda y: synthesis(y, smooth=True), (4, 4, C)), halo=1),
            1.0: BundlePart(tflite(lambda y: synthesis(y, smooth=False), (4, 4, C)), halo=1),
        },
        z_tables=gaussian_tables([12, 6, 3, 3]),
        y_tables=gaussian_tables(np.geomspace(0.05, 32, 64)),
        scale_decoder=scale_decoder(),
        gain=gain,
        inverse_gain=1 / gain,
        info={"made_by": "tests/data/make_tiny_bundle.py"},
    )
    print(bundle.name, bundle.model_id.hex())


if __name__ == "__main__":
    main()
