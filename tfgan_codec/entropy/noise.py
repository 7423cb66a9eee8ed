"""Uniform noise that stands for rounding while the rate is trained."""

import tensorflow as tf


def uniform_noise(like: tf.Tensor, seed: tf.Tensor, stream: int) -> tf.Tensor:
    """U(-1/2, 1/2) of the shape of `like`; `stream` keeps the noises of one step apart.

    Stateless: the trainer derives `seed` from the step, so a resumed run repeats the same noise and
    the step exports to XLA without hidden state.
    """
    key = tf.stack([seed[0], seed[1] + stream])
    return tf.random.stateless_uniform(tf.shape(like), key, -0.5, 0.5, dtype=like.dtype)
