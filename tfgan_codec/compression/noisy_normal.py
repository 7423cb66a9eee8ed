"""A normal density with uniform noise (Balle et al., 2018): that of latents in training."""

from __future__ import annotations

import math

import tensorflow as tf

from tfgan_codec.compression.noise import log_probability

# Below this the asymptotic series is exact in float32; the function itself is 0 soon after.
_FAR_LEFT = -10.0
# Above this log(1 - q) = -q in float32.
_FAR_RIGHT = 5.0


class NoisyNormal:
    """Is the distribution of N(loc, scale) plus noise that is uniform in [-1/2, 1/2]."""

    def __init__(self, loc: tf.Tensor | float, scale: tf.Tensor | float):
        self.loc = loc
        self.scale = scale

    def log_prob(self, y: tf.Tensor) -> tf.Tensor:
        """Returns the natural logarithm of the density at each y."""
        lower = (y - 0.5 - self.loc) / self.scale
        upper = (y + 0.5 - self.loc) / self.scale
        return log_probability(log_normal_cdf, lower, upper)


def log_normal_cdf(x: tf.Tensor) -> tf.Tensor:
    """Returns the logarithm of the standard normal's distribution function, in float32.

    It is computed from whichever of erf and erfc keeps its digits, and far to the left from the
    asymptotic series of Mills' ratio (Abramowitz and Stegun, 26.2.12).
    """
    near = tf.maximum(x, _FAR_LEFT)  # what `tf.where` leaves out must be finite too
    w = math.sqrt(0.5) * near
    outside = 0.5 * tf.math.erfc(tf.abs(w))
    sides = tf.where(w > 0, 1.0 - outside, outside)
    cdf = tf.where(tf.abs(w) < math.sqrt(0.5), 0.5 * (1.0 + tf.math.erf(w)), sides)
    far = tf.minimum(x, _FAR_LEFT)
    inverse = 1.0 / tf.square(far)
    series = 1.0 - inverse * (1.0 - 3.0 * inverse * (1.0 - 5.0 * inverse))
    density = -0.5 * tf.square(far) - tf.math.log(-far) - 0.5 * math.log(2.0 * math.pi)
    left = density + tf.math.log(series)
    return tf.where(x > _FAR_RIGHT, -outside, tf.where(x > _FAR_LEFT, tf.math.log(cdf), left))
