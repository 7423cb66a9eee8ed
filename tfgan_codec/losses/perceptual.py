"""Perceptual losses: distances between activations of networks trained to classify pictures.

Weights are not part of the package; `python -m apps.weights` says how to make the files once from
the public checkpoints (`metrics.weights` finds them: `TGC_WEIGHTS`, or the user's cache).
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.losses.contract import LossValue
from tfgan_codec.metrics import weights

_FILES = {"alex": "lpips_alex", "vgg": "lpips_vgg"}
PERIOD = 4  # of AlexNet's first convolution; VGG16's is 1
_SHIFT = (-0.030, -0.088, -0.188)
_SCALE = (0.458, 0.448, 0.450)
_VGG_BLOCKS = ((0, 1), (2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12))


class ClassifierFeatures:
    """AlexNet's or VGG16's frozen convolutions: pictures in [0, 255] -> 5 layers' activations."""

    def __init__(self, net: str, folder: str | None = None):
        if net not in _FILES:
            raise UsageError(f"unknown network {net!r}: choose from {', '.join(_FILES)}")
        self.net = net
        arrays = weights.load(_FILES[net], folder)
        # Constants, not variables: they are no part of the model, its checkpoints or its optimizer.
        self._arrays = {key: tf.constant(array) for key, array in arrays.items()}

    def linear(self, layer: int) -> tf.Tensor:
        """LPIPS' weights of a layer's channels."""
        return self._arrays[f"lin{layer}"]

    def __call__(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        x = (tf.cast(pictures, tf.float32) / 127.5 - 1.0 - _SHIFT) / _SCALE
        return self._alex(x) if self.net == "alex" else self._vgg(x)

    def _conv(self, x: tf.Tensor, i: int, stride: int = 1, padding: int = 1) -> tf.Tensor:
        sides = [padding, padding]
        y = tf.nn.conv2d(x, self._arrays[f"conv{i}/kernel"], stride, [[0, 0], sides, sides, [0, 0]])
        return tf.nn.relu(y + self._arrays[f"conv{i}/bias"])

    def _alex(self, x: tf.Tensor) -> list[tf.Tensor]:
        first = self._conv(x, 0, stride=4, padding=2)
        second = self._conv(tf.nn.max_pool2d(first, 3, 2, "VALID"), 1, padding=2)
        third = self._conv(tf.nn.max_pool2d(second, 3, 2, "VALID"), 2)
        fourth = self._conv(third, 3)
        return [first, second, third, fourth, self._conv(fourth, 4)]

    def _vgg(self, x: tf.Tensor) -> list[tf.Tensor]:
        taps: list[tf.Tensor] = []
        for block in _VGG_BLOCKS:
            if taps:
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
            for i in block:
                x = self._conv(x, i)
            taps.append(x)
        return taps


class Lpips:
    """`weight` times LPIPS v0.1 (Zhang et al., 2018), with AlexNet (HiFiC's choice) or VGG16.

    Equals `metrics.lpips`, which measures pictures; this one has gradients.

    shift: look at the pictures some pixels further right and down, elsewhere in each step. AlexNet
        takes every fourth pixel: a decoder that always sees it at the same place learns to please
        it with a mesh of that period, which is invisible to it and not to people.
    """

    names = ("lpips",)

    def __init__(
        self,
        weight: float = 1.0,
        net: str = "alex",
        folder: str | None = None,
        shift: bool = False,
    ):
        self.weight = weight
        self.features = ClassifierFeatures(net, folder)
        self.shift = shift

    def __call__(self, pictures: tf.Tensor, output) -> LossValue:
        a, b = pictures, output.reconstruction
        if self.shift:
            a, b = _shifted(a, b)
        value = self.distance(a, b)
        return LossValue(self.weight * value, {"lpips": value})

    def distance(self, a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        """LPIPS of pictures in [0, 255], [batch]."""
        total = tf.zeros([tf.shape(a)[0]])
        for i, (x, y) in enumerate(zip(self.features(a), self.features(b))):
            difference = tf.square(_unit(x) - _unit(y))
            mean = tf.reduce_mean(difference, axis=(1, 2))
            total += tf.linalg.matvec(mean, self.features.linear(i))
        return total


class Vgg:
    """`weight` times the mean absolute difference of VGG16's activations, pix2pixHD's weights 1/32,
    1/16, 1/8, 1/4 and 1 from fine to coarse."""

    names = ("vgg",)

    def __init__(self, weight: float = 1.0, folder: str | None = None):
        self.weight = weight
        self.features = ClassifierFeatures("vgg", folder)

    def __call__(self, pictures: tf.Tensor, output) -> LossValue:
        pairs = zip(self.features(pictures), self.features(output.reconstruction))
        factors = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1.0)
        distances = [
            factor * tf.reduce_mean(tf.abs(tf.stop_gradient(x) - y), axis=(1, 2, 3))
            for factor, (x, y) in zip(factors, pairs)
        ]
        value = tf.add_n(distances)
        return LossValue(self.weight * value, {"vgg": value})


def _shifted(a: tf.Tensor, b: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Both from the same place within the first `PERIOD` pixels, which the batch itself decides:
    a loss has no random numbers of its own."""
    height, width = a.shape[1] - PERIOD, a.shape[2] - PERIOD
    place = tf.reduce_sum(tf.cast(a[:, ::16, ::16], tf.int32)) % PERIOD**2
    begin = tf.stack([0, place // PERIOD, place % PERIOD, 0])
    size = [-1, height, width, 3]
    return tf.slice(a, begin, size), tf.slice(b, begin, size)


def _unit(x: tf.Tensor) -> tf.Tensor:
    """Channels scaled to length 1; the gradient stays finite where all are 0."""
    square = tf.reduce_sum(tf.square(x), axis=-1, keepdims=True)
    return x / (tf.sqrt(tf.maximum(square, 1e-20)) + 1e-10)
