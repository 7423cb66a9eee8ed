"""Augments the training pictures on the device; `data.crops` makes crops, scales and flips."""

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.techniques.contract import Number, Technique


class Rotate(Technique):
    """Turns and mirrors each picture by a random one of the eight symmetries of the square."""

    def on_batch(self, pictures: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        if pictures.shape[1] != pictures.shape[2]:
            raise UsageError("rotate needs square crops: these are not")
        choices = tf.random.stateless_uniform([3, tf.shape(pictures)[0], 1, 1, 1], seed) < 0.5
        pictures = tf.where(choices[0], tf.transpose(pictures, [0, 2, 1, 3]), pictures)
        pictures = tf.where(choices[1], pictures[:, ::-1], pictures)
        return tf.where(choices[2], pictures[:, :, ::-1], pictures)


class Colour(Technique):
    """Multiplies each channel of a picture by `1 + u` and adds `255 u'`, clipped to [0, 255].

    u and u' are drawn anew for each, uniformly from -`strength` to `strength`.
    """

    def __init__(self, strength: Number = 0.1):
        self.strength = strength

    def on_batch(self, pictures: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        draw = tf.random.stateless_uniform([2, tf.shape(pictures)[0], 1, 1, 3], seed, -1.0, 1.0)
        gain, offset = 1.0 + self.strength * draw[0], 255.0 * self.strength * draw[1]
        return tf.clip_by_value(gain * tf.cast(pictures, tf.float32) + offset, 0.0, 255.0)
