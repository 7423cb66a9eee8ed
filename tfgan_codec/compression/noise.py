"""The density of a variable with uniform noise added (Balle et al., 2018, appendix 6.2).

With noise of unit width the density at y is the probability that the variable itself is within half
a unit of y: F(y + 1/2) - F(y - 1/2). At whole numbers it is the probability of rounding to them.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf


def log_probability(
    log_cdf: Callable[[tf.Tensor], tf.Tensor], lower: tf.Tensor, upper: tf.Tensor
) -> tf.Tensor:
    """Returns log(F(upper) - F(lower)) where F is the distribution function of `log_cdf`.

    F must be symmetric, F(-x) = 1 - F(x). Right of 0, where F nears 1 and differences would be lost
    in rounding, the interval is mirrored to the left.
    """
    right = upper > 0
    large = log_cdf(tf.where(right, -lower, upper))
    small = log_cdf(tf.where(right, -upper, lower))
    return log_difference(large, small)


def log_difference(large: tf.Tensor, small: tf.Tensor) -> tf.Tensor:
    """Returns log(exp(large) - exp(small)); an interval infinitely far out has no probability."""
    return tf.where(tf.math.is_inf(large), large, large + tf.math.log1p(-tf.exp(small - large)))
