"""Gains that make one set of weights cover a range of rates (Cui et al., 2021)."""

import numpy as np
import tensorflow as tf

from tfgan_codec.format.geometry import QUALITIES


class RateGains(tf.keras.layers.Layer):
    """Gives, for a quality, each channel's gain before rounding and inverse gain after it.

    `levels` pairs of vectors are trained; between them the logarithm is interpolated. Quality is a
    real number in [0, 255] (files hold a whole one). `ratio` is the largest Lagrange multiplier
    over the smallest; gains start as lambda^1/2, since a uniform quantiser's best step size goes
    with lambda^-1/2.
    """

    def __init__(self, channels: int, levels: int = 6, ratio: float = 60.0, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.channels = channels
        self.levels = levels
        self.ratio = ratio

    def build(self, _):
        span = 0.5 * np.log(self.ratio)
        start = np.linspace(-span / 2, span / 2, self.levels)[:, None]
        start = np.repeat(start, self.channels, axis=1).astype(np.float32)
        self.log_gain = self.add_weight(
            "log_gain", start.shape, initializer=tf.keras.initializers.Constant(start)
        )
        self.log_inverse = self.add_weight(
            "log_inverse", start.shape, initializer=tf.keras.initializers.Constant(-start)
        )

    def call(self, quality: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns gain and inverse gain, each [n, channels], for qualities [n]."""
        position = quality * ((self.levels - 1) / (QUALITIES - 1))
        # Linear interpolation as a product with hat functions: differentiable, no gather.
        nodes = tf.range(self.levels, dtype=tf.float32)
        weights = tf.nn.relu(1.0 - tf.abs(position[:, None] - nodes[None, :]))
        return tf.exp(weights @ self.log_gain), tf.exp(weights @ self.log_inverse)

    def tables(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns gain and inverse gain of all qualities of files, each float32 [256, channels]."""
        gain, inverse = self(tf.range(QUALITIES, dtype=tf.float32))
        return gain.numpy(), inverse.numpy()
