"""Generalised divisive normalisation (Balle et al., "Density modeling of images", 2016)."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfgan_codec.compression.gdn_parameter import GDNParameter

_LEAST_BETA = 1e-6


class GDN(tf.keras.layers.Layer):
    """Divides each channel by a weighted sum of the magnitudes of all channels at its place.

    Of inputs x [n, h, w, c] this makes `x / (beta + |x| gamma)`, with `inverse` (IGDN)
    `x * (beta + |x| gamma)`, where beta [c] begins with ones and gamma [c, c] with a tenth of the
    identity. Both stay positive (`gdn_parameter`). The paper's exponents are 1, as they are in TFC
    unless it is told otherwise.
    """

    def __init__(self, inverse: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.inverse = inverse

    def build(self, input_shape: tf.TensorShape) -> None:
        channels = int(input_shape[-1])
        beta = tf.ones([channels], self.variable_dtype)
        gamma = 0.1 * tf.eye(channels, dtype=self.variable_dtype)
        # The names of the attributes are those of TFC's checkpoints.
        self._beta_parameter = GDNParameter(beta, name="beta", minimum=_LEAST_BETA)
        self._gamma_parameter = GDNParameter(gamma, name="gamma")
        super().build(input_shape)

    @property
    def beta_parameter(self) -> GDNParameter:
        return self._beta_parameter

    @property
    def gamma_parameter(self) -> GDNParameter:
        return self._gamma_parameter

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        gamma = self.gamma_parameter(self.compute_dtype)[None, None]
        pool = tf.nn.convolution(tf.abs(inputs), gamma, padding="VALID")
        pool = tf.nn.bias_add(pool, self.beta_parameter(self.compute_dtype))
        return inputs * pool if self.inverse else inputs / pool

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "inverse": self.inverse}
