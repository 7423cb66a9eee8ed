"""The contextual loss (Mechrez et al., 2018): wants the same features, wherever they are."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.layers.classifier import ClassifierFeatures
from tfgan_codec.losses.contract import LossValue
from tfgan_codec.losses.shared import FeatureLoss


class Contextual(FeatureLoss):
    """Is `weight * -log CX` of the activations of one layer of VGG16 or AlexNet.

    Tolerates shifted texture, which distances between pictures at equal places punish. The survey
    names a "contextual loss GAN" without a source; this is the published loss of that name.

    Args:
        weight: factor on the loss.
        net: "vgg" or "alex".
        layer: 0 to 4 from fine to coarse. Time and memory grow with the square of its positions.
        bandwidth: h of the paper's Eq. 3.
        folder: where the weights are, see `layers.classifier`.
    """

    names = ("contextual",)

    def __init__(
        self,
        weight: float = 1.0,
        net: str = "vgg",
        layer: int = 3,
        bandwidth: float = 0.5,
        folder: str | None = None,
    ):
        self.weight = weight
        self.layer = layer
        self.bandwidth = bandwidth
        self.features = ClassifierFeatures(net, folder)

    def compare(self, real: list[tf.Tensor], fake: list[tf.Tensor]) -> LossValue:
        similarity = contextual_similarity(fake[self.layer], real[self.layer], self.bandwidth)
        value = -tf.math.log(similarity)
        return LossValue(self.weight * value, {"contextual": value})


def contextual_similarity(x: tf.Tensor, y: tf.Tensor, bandwidth: float = 0.5) -> tf.Tensor:
    """Returns CX of activations [batch, h, w, c] (Eq. 2 to 5 of the paper), in (0, 1], [batch].

    Each activation of y looks for the activation of x to which it is nearer than others are. Cosine
    distances are taken after subtracting the mean of y, relative to the smallest of their row.
    """
    mean = tf.reduce_mean(y, axis=(1, 2), keepdims=True)
    x, y = (_directions(z - mean) for z in (x, y))
    distance = 1.0 - tf.matmul(x, y, transpose_b=True)  # [batch, of x, of y]
    relative = distance / (tf.reduce_min(distance, axis=2, keepdims=True) + 1e-5)
    affinity = tf.nn.softmax((1.0 - relative) / bandwidth, axis=2)
    return tf.reduce_mean(tf.reduce_max(affinity, axis=1), axis=1)


def _directions(x: tf.Tensor) -> tf.Tensor:
    """Returns activations [batch, h, w, c] as unit vectors [batch, h * w, c]."""
    rows = tf.reshape(x, [tf.shape(x)[0], -1, x.shape[-1]])
    return tf.math.l2_normalize(rows, axis=-1, epsilon=1e-10)
