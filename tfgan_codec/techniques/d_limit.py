"""Keeps the discriminators from becoming too strong."""

import tensorflow as tf

from tfgan_codec.techniques.contract import Number, Technique


class DiscriminatorLimit(Technique):
    """Discriminators learn nothing from batches on which they are right more often than `accuracy`.

    A discriminator that is always right has nothing left to tell the codec. Its gradients are
    zeroed in such a step; the momentum of its optimizer runs out over the next ones. The decision
    is made anew for each batch, without any memory.
    """

    def __init__(self, accuracy: Number = 0.9):
        self.accuracy = accuracy

    def discriminator_share(self, accuracy: tf.Tensor) -> tf.Tensor:
        return tf.cast(accuracy <= self.accuracy, tf.float32)
