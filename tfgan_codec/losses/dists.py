"""DISTS (Ding et al., 2020): the structure and the texture of each channel, compared as by SSIM."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.layers.classifier import ClassifierFeatures
from tfgan_codec.losses.contract import CodecOutput, LossValue
from tfgan_codec.metrics.dists import STABLE, channel_weights
from tfgan_codec.metrics.psnr import PEAK


class Dists:
    """Is `weight` times DISTS. It equals `metrics.dists`, which has no gradients.

    The picture itself is one of its six layers, and VGG16's pools are smooth, so it shares no
    activations with the other losses.

    Args:
        folder, bfloat16: see `layers.classifier`.
    """

    names = ("dists",)

    def __init__(self, weight: float = 1.0, folder: str | None = None, bfloat16: bool = False):
        self.weight = weight
        self.features = ClassifierFeatures("vgg", folder, bfloat16, smooth=True)
        self.alpha, self.beta = channel_weights(folder)

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        value = self.distance(pictures, output.reconstruction)
        return LossValue(self.weight * value, {"dists": value})

    def distance(self, a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        """Returns DISTS of pictures [batch, h, w, 3] in [0, 255], [batch]."""
        real, fake = self._layers(a), self._layers(b)
        terms = map(_unlike, real, fake, self.alpha, self.beta)
        return tf.add_n(list(terms))

    def _layers(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        return [tf.cast(pictures, tf.float32) / PEAK, *self.features(pictures)]


def _unlike(x: tf.Tensor, y: tf.Tensor, alpha: tf.Tensor, beta: tf.Tensor) -> tf.Tensor:
    """Returns the weighted sum of 1 - texture and 1 - structure of channels, [batch]."""
    (x_mean, x_variance), (y_mean, y_variance) = (tf.nn.moments(z, (1, 2)) for z in (x, y))
    centred = (z - mean[:, None, None] for z, mean in ((x, x_mean), (y, y_mean)))
    covariance = tf.reduce_mean(tf.multiply(*centred), axis=(1, 2))
    texture = (2.0 * x_mean * y_mean + STABLE) / (x_mean**2 + y_mean**2 + STABLE)
    structure = (2.0 * covariance + STABLE) / (x_variance + y_variance + STABLE)
    unlike = (1.0 - texture) * alpha + (1.0 - structure) * beta
    return tf.reduce_sum(unlike, axis=1)
