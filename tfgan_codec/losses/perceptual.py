"""Perceptual losses: distances between activations of networks trained to classify pictures."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.layers.classifier import PERIOD, ClassifierFeatures
from tfgan_codec.losses.contract import LossValue
from tfgan_codec.losses.shared import FeatureLoss


class Lpips(FeatureLoss):
    """Is `weight` times LPIPS v0.1 (Zhang et al., 2018), with AlexNet (HiFiC's choice) or VGG16.

    It equals `metrics.lpips`, which works in numpy and has no gradients.

    Args:
        shift: whether to leave out some rows at the top and columns at the left, others in each
            step. AlexNet's first stride is 4: against a fixed grid a decoder learns to please it
            with a mesh of that period, which AlexNet does not see and people do.
        net, folder, bfloat16: see `layers.classifier`.
    """

    def __init__(
        self,
        weight: float = 1.0,
        net: str = "alex",
        folder: str | None = None,
        shift: bool = False,
        bfloat16: bool = False,
    ):
        self.names = ("lpips",) if net == "alex" else (f"lpips_{net}",)
        self.weight = weight
        self.features = ClassifierFeatures(net, folder, bfloat16)
        self.shift = shift

    def shown(self, pictures: tf.Tensor, decoded: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return _shifted(pictures, decoded) if self.shift else (pictures, decoded)

    def compare(self, real: list[tf.Tensor], fake: list[tf.Tensor]) -> LossValue:
        total = tf.zeros([tf.shape(fake[0])[0]])
        for i, (x, y) in enumerate(zip(real, fake)):
            difference = tf.square(_unit(x) - _unit(y))
            mean = tf.reduce_mean(difference, axis=(1, 2))
            total += tf.linalg.matvec(mean, self.features.linear(i))
        return LossValue(self.weight * total, {self.names[0]: total})

    def distance(self, a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        """Returns LPIPS of pictures [batch, h, w, 3] in [0, 255], [batch]."""
        return self.compare(self.features(a), self.features(b)).parts[self.names[0]]


class Vgg(FeatureLoss):
    """Is `weight` times the mean absolute difference of VGG16's activations, with pix2pixHD's
    weights of 1/32, 1/16, 1/8, 1/4 and 1 for the layers from fine to coarse."""

    names = ("vgg",)

    def __init__(self, weight: float = 1.0, folder: str | None = None):
        self.weight = weight
        self.features = ClassifierFeatures("vgg", folder)

    def compare(self, real: list[tf.Tensor], fake: list[tf.Tensor]) -> LossValue:
        factors = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1.0)
        distances = [
            factor * tf.reduce_mean(tf.abs(x - y), axis=(1, 2, 3))
            for factor, x, y in zip(factors, real, fake)
        ]
        value = tf.add_n(distances)
        return LossValue(self.weight * value, {"vgg": value})


def _shifted(a: tf.Tensor, b: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Cuts `PERIOD` rows and columns off both, 0 to `PERIOD` - 1 of them at the top and the left.
    The batch itself decides how many there: a loss has no random numbers of its own."""
    height, width = a.shape[1] - PERIOD, a.shape[2] - PERIOD
    place = tf.reduce_sum(tf.cast(a[:, ::16, ::16], tf.int32)) % PERIOD**2
    begin = tf.stack([0, place // PERIOD, place % PERIOD, 0])
    size = [-1, height, width, 3]
    return tf.slice(a, begin, size), tf.slice(b, begin, size)


def _unit(x: tf.Tensor) -> tf.Tensor:
    """Scales each position's channels to length 1; the gradient is finite where all are 0."""
    square = tf.reduce_sum(tf.square(x), axis=-1, keepdims=True)
    return x / (tf.sqrt(tf.maximum(square, 1e-20)) + 1e-10)
