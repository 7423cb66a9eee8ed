"""A residual block of two 3x3 convolutions."""

import tensorflow as tf

from tfgan_codec.layers.reach import Convolving, Window


class ResidualBlock(Convolving):
    """Computes `x + conv(relu(conv(x)))` with `channels` throughout, without normalisation.

    No activation follows the addition: the block starts as (nearly) the identity because the second
    kernel is initialised small, which lets deep stacks train at high learning rates from the first
    step. It uses ReLU because that fuses into the convolution on every TFLite back end, int8 too.
    """

    def __init__(self, channels: int, **kwargs):
        super().__init__(**kwargs)
        self.expand = tf.keras.layers.Conv2D(channels, 3, padding="same", activation="relu")
        self.project = tf.keras.layers.Conv2D(
            channels,
            3,
            padding="same",
            kernel_initializer=tf.keras.initializers.VarianceScaling(0.1),
        )

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return x + self.project(self.expand(x))

    def windows(self) -> list[Window]:
        return [Window(3)] * 2
