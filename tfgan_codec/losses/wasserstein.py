"""Wasserstein distortion (Qiu et al., 2024; Ballé et al., 2025): asks for equal texture."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.layers.classifier import ClassifierFeatures
from tfgan_codec.layers.low_pass import halved
from tfgan_codec.losses.contract import LossValue
from tfgan_codec.losses.shared import FeatureLoss

LAYERS = 4  # relu1_2, relu2_2, relu3_3 and relu4_3 of VGG16, at 1, 1/2, 1/4 and 1/8 of the size
_LEAST_VARIANCE = 1e-3  # the root's slope is infinite at 0


class Wasserstein(FeatureLoss):
    """Is `weight` times the Wasserstein distortion of VGG16's activations.

    In a window around each place, activations of a channel have a mean m and a deviation s. Were
    they of a normal distribution, `(m - m')^2 + (s - s')^2` would be the squared 2-Wasserstein
    distance to those of the decoded picture, which lets texture be another of the same kind. The
    loss is its mean over places and channels, added up over four layers.

    Args:
        sigma: width of the windows in pixels, a power of two, 1 to 64. A layer at 1/s of the size
            has windows of sigma / s, made by halving log2(sigma / s) times with [1/4, 1/2, 1/4] in
            both directions; where that is 1, activations themselves are compared.
        folder, bfloat16: see `layers.classifier`.
    """

    def __init__(
        self,
        weight: float = 1.0,
        sigma: int = 8,
        folder: str | None = None,
        bfloat16: bool = False,
    ):
        if sigma not in (1, 2, 4, 8, 16, 32, 64):
            raise UsageError(f"wasserstein: sigma must be a power of two, 1 to 64, not {sigma}")
        self.names = (f"wasserstein_{sigma}",)
        self.weight = weight
        self.halvings = sigma.bit_length() - 1
        self.features = ClassifierFeatures("vgg", folder, bfloat16)

    def compare(self, real: list[tf.Tensor], fake: list[tf.Tensor]) -> LossValue:
        total = tf.zeros([tf.shape(fake[0])[0]])
        for number, (x, y) in enumerate(zip(real[:LAYERS], fake[:LAYERS])):
            total += distance(x, y, max(0, self.halvings - number))
        return LossValue(self.weight * total, {self.names[0]: total})


def distance(x: tf.Tensor, y: tf.Tensor, halvings: int) -> tf.Tensor:
    """Returns the distortion of activations [batch, h, w, c], in windows made by so many halvings,
    [batch]."""
    if halvings == 0:
        return tf.reduce_mean(tf.square(x - y), axis=(1, 2, 3))
    errors = [tf.square(a - b) for a, b in zip(_moments(x, halvings), _moments(y, halvings))]
    return tf.reduce_mean(tf.add_n(errors), axis=(1, 2, 3))


def _moments(x: tf.Tensor, halvings: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns means and deviations of activations in windows, both [batch, h, w, c]."""
    mean, square = x, tf.square(x)
    for _ in range(halvings):
        mean, square = _halved(mean), _halved(square)
    variance = tf.maximum(square - tf.square(mean), 0.0)
    return mean, tf.sqrt(variance + _LEAST_VARIANCE)


def _halved(x: tf.Tensor) -> tf.Tensor:
    """Halves the size by [1/4, 1/2, 1/4] in both directions; edges are repeated."""
    return halved(tf.pad(x, [[0, 0], [1, 0], [1, 0], [0, 0]], "SYMMETRIC"))
