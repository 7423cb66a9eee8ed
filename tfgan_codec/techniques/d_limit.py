"""Keeps the discriminators from becoming too strong."""

import tensorflow as tf

from tfgan_codec.techniques.contract import Number, Technique


class DiscriminatorLimit(Technique):
    """Zeroes the discriminators' gradients where they are right more often than `accuracy`.

    A discriminator that is always right has nothing left to tell the codec. The decision is made
    anew for each batch; their optimizer's momentum still moves weights a little in such steps.
    """

    def __init__(self, accuracy: Number = 0.9):
        self.accuracy = accuracy

    def discriminator_share(self, accuracy: tf.Tensor) -> tf.Tensor:
        return tf.cast(accuracy <= self.accuracy, tf.float32)
