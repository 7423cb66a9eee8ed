"""Draws the uniform noise that stands for rounding while the rate is trained."""

import tensorflow as tf


def uniform_noise(like: tf.Tensor, seed: tf.Tensor, stream: int) -> tf.Tensor:
    """Returns noise in [-1/2, 1/2), shaped as `like`; `stream` keeps the noises of a step apart.

    It has no state: the trainer derives `seed` from the step, so a resumed run repeats the noise,
    and XLA can compile the step.
    """
    key = tf.stack([seed[0], seed[1] + stream])
    return tf.random.stateless_uniform(tf.shape(like), key, -0.5, 0.5, dtype=like.dtype)
