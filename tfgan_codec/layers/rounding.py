"""Rounding and clipping with gradients that training can use."""

from __future__ import annotations

import tensorflow as tf


def round_half_up(x: tf.Tensor) -> tf.Tensor:
    """Returns `floor(x + 1/2)`, as the format rounds (`tf.round` differs between runtimes)."""
    return tf.floor(x + 0.5)


def straight_through_round(x: tf.Tensor) -> tf.Tensor:
    """Rounds half up; the gradient passes unchanged (Theis et al., 2017)."""
    return x + tf.stop_gradient(round_half_up(x) - x)


@tf.custom_gradient
def inward_clip(x: tf.Tensor, low: tf.Tensor, high: tf.Tensor):
    """Clips to [low, high]; outside of it only gradients that lead back into the range pass.

    With the plain gradient of a clip, a saturated unit would never change again.
    """
    low, high = tf.cast(low, x.dtype), tf.cast(high, x.dtype)

    def gradient(upstream):
        # A descent step moves x by -upstream.
        inside = (x >= low) & (x <= high)
        returns = ((x < low) & (upstream < 0)) | ((x > high) & (upstream > 0))
        return tf.where(inside | returns, upstream, tf.zeros_like(upstream)), None, None

    return tf.clip_by_value(x, low, high), gradient
