"""Halves the size of maps by a small low-pass filter."""

import tensorflow as tf


def halved(padded: tf.Tensor) -> tf.Tensor:
    """Returns every second position of maps [batch, h, w, c] filtered by [1/4, 1/2, 1/4] in both
    directions. The maps have been padded by one position at the top and left, or at all sides."""
    pairs = tf.nn.avg_pool2d(padded, 2, 1, "VALID")
    return tf.nn.avg_pool2d(pairs, 2, 2, "VALID")
