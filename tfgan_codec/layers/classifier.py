"""Activations of networks trained to classify pictures, which perceptual losses compare.

Weights are not part of the package; `python -m apps.weights` says how to make the files once from
the public checkpoints (`metrics.weights` finds them: `TGC_WEIGHTS`, or the user's cache).
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.layers.low_pass import halved
from tfgan_codec.metrics import weights
from tfgan_codec.metrics.lpips import FILES
from tfgan_codec.metrics.vgg16 import BLOCKS, SCALE, SHIFT

PERIOD = 4  # stride of AlexNet's first convolution; VGG16's is 1
_LEAST_SQUARE = 1e-12  # keeps the slope of roots finite


class ClassifierFeatures:
    """Maps pictures [batch, h, w, 3] in [0, 255] to 5 layers' float32 activations, fine to coarse.

    Args:
        net: "alex" (AlexNet) or "vgg" (VGG16), whose convolutions stay as they are.
        folder: where the weights are, see above.
        bfloat16: whether to convolve in bfloat16, which takes 0.54 times as long with VGG16 on a
            CPU that has it; gradients turn by less than 14 degrees.
        smooth: whether VGG16 is given the smooth pools of DISTS in place of maxima, see `smoothed`.
    """

    def __init__(
        self, net: str, folder: str | None = None, bfloat16: bool = False, smooth: bool = False
    ):
        if net not in FILES:
            raise UsageError(f"unknown network {net!r}: choose from {', '.join(FILES)}")
        self.net = net
        self.settings = net, folder, bfloat16, smooth  # equal ones give equal activations
        arrays = weights.load(FILES[net], folder)
        self._pool = smoothed if smooth else _maximum
        self._dtype = tf.bfloat16 if bfloat16 else tf.float32
        # Constants, not variables: they are no part of the model, its checkpoints or its optimizer.
        self._lines = {k: tf.constant(v) for k, v in arrays.items() if k.startswith("lin")}
        self._arrays = {k: tf.cast(v, self._dtype) for k, v in arrays.items() if "/" in k}

    @property
    def channels(self) -> tuple[int, ...]:
        """The number of channels of each layer, fine to coarse."""
        return tuple(self.linear(layer).shape[0] for layer in range(len(self._lines)))

    def linear(self, layer: int) -> tf.Tensor:
        """Returns the weight that LPIPS gives each channel of a layer, [channels]."""
        return self._lines[f"lin{layer}"]

    def __call__(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        x = (tf.cast(pictures, tf.float32) / 127.5 - 1.0 - SHIFT) / SCALE
        x = tf.cast(x, self._dtype)
        taps = self._alex(x) if self.net == "alex" else self._vgg(x)
        return [tf.cast(tap, tf.float32) for tap in taps]

    def _conv(self, x: tf.Tensor, i: int) -> tf.Tensor:
        """Applies a 3x3 or 5x5 convolution and ReLU. "SAME" pads as the classifiers do; giving
        the same padding in numbers takes 1.7 times as long (in bfloat16, 29 times), since oneDNN
        has no gradient for that."""
        y = tf.nn.conv2d(x, self._arrays[f"conv{i}/kernel"], 1, "SAME")
        return tf.nn.relu(y + self._arrays[f"conv{i}/bias"])

    def _first(self, x: tf.Tensor) -> tf.Tensor:
        """Applies AlexNet's 11x11 convolution of stride 4 and ReLU."""
        x = tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]])
        y = tf.nn.conv2d(x, self._arrays["conv0/kernel"], PERIOD, "VALID")
        return tf.nn.relu(y + self._arrays["conv0/bias"])

    def _alex(self, x: tf.Tensor) -> list[tf.Tensor]:
        first = self._first(x)
        second = self._conv(tf.nn.max_pool2d(first, 3, 2, "VALID"), 1)
        third = self._conv(tf.nn.max_pool2d(second, 3, 2, "VALID"), 2)
        fourth = self._conv(third, 3)
        return [first, second, third, fourth, self._conv(fourth, 4)]

    def _vgg(self, x: tf.Tensor) -> list[tf.Tensor]:
        taps: list[tf.Tensor] = []
        for block in BLOCKS:
            if taps:
                x = self._pool(x)
            for i in block:
                x = self._conv(x, i)
            taps.append(x)
        return taps


def smoothed(x: tf.Tensor) -> tf.Tensor:
    """Halves the size of activations: roots of means of squares, [1/4, 1/2, 1/4] in both
    directions, with zeros beyond the edges."""
    padded = tf.pad(tf.square(x), [[0, 0], [1, 1], [1, 1], [0, 0]])
    return tf.sqrt(halved(padded) + _LEAST_SQUARE)


def _maximum(x: tf.Tensor) -> tf.Tensor:
    return tf.nn.max_pool2d(x, 2, 2, "VALID")
