"""Minibatch discrimination in its simplest form: discriminators see how much a batch varies."""

import math

import tensorflow as tf

from tfgan_codec.errors import UsageError


class MinibatchStdDev(tf.keras.layers.Layer):
    """Appends a channel that says how much the pictures of a group differ (ProGAN, Karras et al.,
    2018, after Salimans et al., 2016).

    The channel holds the standard deviation over the group, averaged over positions and channels.
    Groups are neighbours in the batch, of the largest size that divides both `group` and the batch;
    with `training` both `group` and half the batch, whose halves are originals and decoded
    pictures, so that no group mixes these.
    """

    def __init__(self, group: int = 4, **kwargs):
        super().__init__(**kwargs)
        self.group = group

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        batch, height, width, channels = x.shape
        if batch is None:
            raise UsageError("minibatch needs batches of a fixed size: use drop_remainder=True")
        size = math.gcd(batch // 2 if training else batch, self.group)
        groups = tf.reshape(tf.cast(x, tf.float32), [-1, size, height, width, channels])
        deviation = tf.sqrt(tf.math.reduce_variance(groups, axis=1) + 1e-8)
        mean = tf.reduce_mean(deviation, axis=(1, 2, 3))
        column = tf.repeat(mean, size)[:, None, None, None]
        return tf.concat([x, tf.cast(tf.ones_like(x[..., :1], tf.float32) * column, x.dtype)], -1)
