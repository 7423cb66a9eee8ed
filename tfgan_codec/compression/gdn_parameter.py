"""Keeps the weights of GDN from falling below a bound, and from jumping near it.

As in Balle et al., "End-to-end optimized image compression" (2017), appendix, and Balle, "Efficient
nonlinear transforms for lossy image compression" (2018): what is trained is r = sqrt(w + e^2) of a
weight w, with e = 2^-18. A step of r moves w by 2 r times as much, little where w is small, and e
keeps the gradient from vanishing at w = 0.
"""

from __future__ import annotations

import tensorflow as tf

_OFFSET = 2.0**-18


class GDNParameter(tf.Module):
    """Is a weight that is never less than `minimum`.

    Args:
        initial_value: what the weight begins with; what is negative of it begins with 0.
        minimum: the least value that calling this returns.

    `variable` holds the root r. Below its bound r passes on only gradients that would raise it.
    """

    def __init__(self, initial_value: tf.Tensor, name: str | None = None, minimum: float = 0.0):
        super().__init__(name=name)
        self.minimum = float(minimum)
        value = tf.convert_to_tensor(initial_value)
        root = tf.sqrt(tf.maximum(value, 0.0) + tf.constant(_OFFSET**2, value.dtype))
        self.variable = tf.Variable(root, name=name and f"reparam_{name}")

    def __call__(self, compute_dtype: tf.DType | str | None = None) -> tf.Tensor:
        """Returns the weight, by default in the variable's type."""
        root = tf.cast(self.variable, compute_dtype or self.variable.dtype)
        bounded = _at_least(root, (self.minimum + _OFFSET**2) ** 0.5)
        return tf.square(bounded) - tf.constant(_OFFSET**2, root.dtype)


def _at_least(x: tf.Tensor, bound: float) -> tf.Tensor:
    """Returns the larger of x and `bound`; what is below still learns to rise."""

    @tf.custom_gradient
    def clamp(x: tf.Tensor):
        limit = tf.constant(bound, x.dtype)

        def gradient(upstream: tf.Tensor) -> tf.Tensor:
            # Descent raises x where the gradient is negative.
            return tf.where((x >= limit) | (upstream < 0), upstream, tf.zeros_like(upstream))

        return tf.maximum(x, limit), gradient

    return clamp(x)
