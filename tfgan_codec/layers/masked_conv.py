"""Masked 3-D convolution in whole numbers, which the adversarial hyperprior codec's context model
starts with."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_codec.format import scales, wavefront
from tfgan_codec.format.context_model import MAX_CONTEXT
from tfgan_codec.layers.integer import requantise, whole_weights
from tfgan_codec.layers.rounding import inward_clip


class MaskedIntegerConv3D(tf.keras.layers.Layer):
    """Gives each latent features 0..255 that depend on the latents before it alone.

    Latents [n, d0, d1, d2] become features [n, d0, d1, d2, filters]. "Before" is in raster order,
    the last axis the fastest; the mask leaves out the latent itself (type A of PixelCNN). Weights
    keep the bounds of `layers.integer`.
    """

    def __init__(
        self, filters: int, kernel: wavefront.Sizes, shift: int, bias: float = 0.0, **kwargs
    ):
        super().__init__(dtype="float32", **kwargs)
        self.filters = filters
        self.sizes = kernel[0], kernel[1], kernel[2]
        self.shift = shift
        self.maximum = scales.MAX_ACTIVATION
        self.initial_bias = bias
        self.mask = wavefront.taps(self.sizes)[..., None].astype(np.float32)

    def build(self, _):
        self.kernel = self.add_weight("kernel", (*self.sizes, self.filters))
        # In units of the layer's output.
        self.bias = self.add_weight(
            "bias", (self.filters,), initializer=tf.keras.initializers.Constant(self.initial_bias)
        )

    def integer_weights(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns kernel and bias as whole numbers within the format's bounds, differentiable."""
        masked = self.kernel * self.mask
        kernel, bias = whole_weights(masked, self.bias, self.shift, float(MAX_CONTEXT))
        return kernel, bias

    def call(self, q: tf.Tensor) -> tf.Tensor:
        kernel, bias = self.integer_weights()
        q = inward_clip(q, -float(MAX_CONTEXT), float(MAX_CONTEXT))
        total = tf.nn.conv3d(q[..., None], kernel[:, :, :, None], [1] * 5, "SAME") + bias
        return requantise(total, self.shift, self.maximum)

    def export(self) -> scales.IntegerConv:
        """Returns the layer with its weights as the format's integers."""
        kernel, bias = (np.asarray(w, np.int32) for w in self.integer_weights())
        return scales.IntegerConv(kernel, bias, self.shift, self.maximum, 1)
