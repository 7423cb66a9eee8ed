"""A learned density for each channel, of any shape (Balle et al., 2018, appendix 6.1).

The distribution function of a channel is a small network of one input and one output that only
rises: weights are made positive by softplus, hidden layers end with x + tanh(a) tanh(x), whose
slope is positive too, and the last one with a sigmoid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tfgan_codec.compression.noise import log_difference


class DeepFactorized(tf.Module):
    """Is the distribution without noise.

    Args:
        batch_shape: how many channels there are, as a shape.
        num_filters: the widths of the hidden layers.
        init_scale: about how wide the density is at the start, in units of the values.
    """

    def __init__(
        self,
        batch_shape: Sequence[int] = (),
        num_filters: Sequence[int] = (3, 3),
        init_scale: float = 10.0,
        name: str = "DeepFactorized",
    ):
        super().__init__(name=name)
        self.channels = math.prod(batch_shape)
        widths = (1, *num_filters, 1)
        # Each layer scales by the same share, so that all together divide by `init_scale`.
        share = init_scale ** (1 / (len(widths) - 1))
        # The lists' names are those of TFC's checkpoints.
        self._matrices: list[tf.Variable] = []
        self._biases: list[tf.Variable] = []
        self._factors: list[tf.Variable] = []
        with self.name_scope:
            for layer, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
                start = tf.math.log(tf.math.expm1(1 / share / outputs))  # the inverse of softplus
                matrix = tf.fill([self.channels, outputs, inputs], start)
                column = [self.channels, outputs, 1]
                bias = tf.random.uniform(column, -0.5, 0.5)
                self._matrices.append(tf.Variable(matrix, name=f"matrix_{layer}"))
                self._biases.append(tf.Variable(bias, name=f"bias_{layer}"))
                if layer < len(num_filters):
                    factor = tf.Variable(tf.zeros(column), name=f"factor_{layer}")
                    self._factors.append(factor)

    def logits(self, y: tf.Tensor) -> tf.Tensor:
        """Returns the logits of the distribution function at each y [..., channels]."""
        logits = tf.transpose(tf.reshape(y, [-1, 1, self.channels]))
        for layer, (matrix, bias) in enumerate(zip(self._matrices, self._biases)):
            logits = tf.linalg.matmul(tf.nn.softplus(matrix), logits) + bias
            if layer < len(self._factors):
                logits += tf.tanh(self._factors[layer]) * tf.tanh(logits)
        return tf.reshape(tf.transpose(logits), tf.shape(y))

    def log_cdf(self, y: tf.Tensor) -> tf.Tensor:
        """Returns the logarithm of the distribution function at each y [..., channels]."""
        return tf.math.log_sigmoid(self.logits(y))

    def log_survival(self, y: tf.Tensor) -> tf.Tensor:
        """Returns the logarithm of 1 less the distribution function."""
        return tf.math.log_sigmoid(-self.logits(y))


class NoisyDeepFactorized(tf.Module):
    """Is `DeepFactorized`, whose arguments it takes, plus noise that is uniform in [-1/2, 1/2]."""

    def __init__(self, name: str = "NoisyDeepFactorized", **kwargs: Any):
        super().__init__(name=name)
        self._base = DeepFactorized(**kwargs)

    def log_prob(self, y: tf.Tensor) -> tf.Tensor:
        """Returns the natural logarithm of the density at each y [..., channels], or [..., 1] for
        the same values in all channels.

        Both ends of an interval are asked for twice, by the distribution function and by what is
        beyond it, though each place needs one of both: so the gradients of the weights, which are
        sums over places, are added up in the same order as TFC's and equal them bit by bit.
        """
        if y.shape[-1] != self._base.channels:
            y = tf.repeat(y, self._base.channels, axis=-1)
        right_upper = self._base.log_survival(y + 0.5)
        right_lower = self._base.log_survival(y - 0.5)
        left_upper, left_lower = self._base.log_cdf(y + 0.5), self._base.log_cdf(y - 0.5)
        right = right_upper < left_upper
        large = tf.where(right, right_lower, left_upper)
        small = tf.where(right, right_upper, left_lower)
        return log_difference(large, small)
