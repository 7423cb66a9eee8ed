"""Convolutions that do integer arithmetic in float32: the trainable layers of the scale decoder.

Every value that reaches the entropy coder must be the same on every machine. These layers therefore
compute, already in training, exactly what `tfgan_codec.format.scales` defines in integers: kernels
|w| <= 127, activations 0..255, accumulators bounded by 2^20, a power-of-two shift and a clip. All
of it is exact in float32 in any order of summation. Gradients pass the roundings unchanged.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.format import scales
from tfgan_codec.layers.rounding import inward_clip, straight_through_round

WEIGHT_LIMIT = 127.0
ACTIVATION_LIMIT = 255.0
ACCUMULATOR_LIMIT = 2.0**20
# Variables hold weight / 128, so that their scale and their Adam steps look like any other layer's.
WEIGHT_UNIT = 128.0


class IntegerWeights(NamedTuple):
    """Holds the exported weights: int32 kernel [kh, kw, in, out] and bias [out]."""

    kernel: np.ndarray
    bias: np.ndarray


class IntegerConv(tf.keras.layers.Layer):
    """Computes `clip(floor((conv(a, w) + b) / 2^shift + 1/2), 0, maximum)`, then depth-to-space
    with blocks of `upscale`; the output has `channels` channels of whole numbers."""

    def __init__(
        self,
        channels: int,
        kernel_size: int,
        shift: int,
        maximum: int = 255,
        upscale: int = 1,
        bias: float = 0.0,
        kernel_initializer: str = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(dtype="float32", **kwargs)
        if kernel_size % 2 == 0:
            raise ValueError("kernel_size must be odd: padding is the same on all sides")
        self.channels = channels
        self.kernel_size = kernel_size
        self.shift = shift
        self.maximum = maximum
        self.upscale = upscale
        self.initial_bias = bias
        self.kernel_initializer = kernel_initializer

    def build(self, shape: tf.TensorShape):
        filters = self.channels * self.upscale**2
        self.kernel = self.add_weight(
            "kernel",
            (self.kernel_size, self.kernel_size, shape[-1], filters),
            initializer=self.kernel_initializer,
        )
        # In units of the layer's output.
        self.bias = self.add_weight(
            "bias", (filters,), initializer=tf.keras.initializers.Constant(self.initial_bias)
        )

    def integer_weights(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns kernel and bias as whole numbers within the format's bounds, differentiable."""
        return whole_weights(self.kernel, self.bias, self.shift)

    def call(self, a: tf.Tensor) -> tf.Tensor:
        kernel, bias = self.integer_weights()
        total = tf.nn.conv2d(a, kernel, strides=1, padding="SAME") + bias
        clipped = requantise(total, self.shift, self.maximum)
        return tf.nn.depth_to_space(clipped, self.upscale) if self.upscale > 1 else clipped

    def export(self) -> IntegerWeights:
        kernel, bias = (np.asarray(w, np.int32) for w in self.integer_weights())
        return IntegerWeights(kernel, bias)


def whole_weights(
    kernel: tf.Tensor, bias: tf.Tensor, shift: int, largest_input: float = ACTIVATION_LIMIT
) -> tuple[tf.Tensor, tf.Tensor]:
    """Rounds a layer's variables to whole numbers within the format's bounds, differentiably.

    Args:
        kernel: the variable, which holds weight / 128; its last axis is the output channel.
        bias: the variable, in units of the layer's output.
        shift: of the layer's division by 2^shift.
        largest_input: the largest magnitude of the inputs, which bounds the accumulator.
    """
    bias = straight_through_round(bias * 2.0**shift)
    bias = inward_clip(bias, -ACCUMULATOR_LIMIT / 4, ACCUMULATOR_LIMIT / 4)
    kernel = inward_clip(kernel * WEIGHT_UNIT, -WEIGHT_LIMIT, WEIGHT_LIMIT)
    # Output channels that could pass the accumulator's bound are scaled down, with room for the
    # rounding, which may add 1/2 per weight.
    room = (ACCUMULATOR_LIMIT - tf.abs(bias)) / largest_input
    room -= 0.5 * float(np.prod(kernel.shape[:-1]))
    norm = tf.reduce_sum(tf.abs(kernel), axis=(0, 1, 2))
    kernel *= tf.stop_gradient(tf.minimum(1.0, room / tf.maximum(norm, 1.0)))
    return straight_through_round(kernel), bias


def requantise(total: tf.Tensor, shift: int, maximum: int) -> tf.Tensor:
    """Divides accumulators by 2^shift, rounds half up and clips to 0..maximum, differentiably."""
    scaled = straight_through_round(total * 2.0**-shift)
    return inward_clip(scaled, 0.0, float(maximum))


def hyper_decoder(
    filters: int, channels: int, maximum: int, bias: float, name: str
) -> tf.keras.Sequential:
    """Returns a network from z [n, h, w, Cz] to whole numbers 0..maximum [n, 4h, 4w, channels].

    Hyper-latents are small integers: the first shift is small to spread them over 0..255. `bias` is
    the last layer's first bias, so about its first output. It costs some 0.15 kMAC per pixel.
    """
    layers = [
        IntegerConv(filters, 3, shift=3),
        IntegerConv(filters, 1, shift=7, upscale=2),
        IntegerConv(filters, 3, shift=7),
        IntegerConv(filters, 1, shift=7, upscale=2),
        IntegerConv(filters, 3, shift=7),
        IntegerConv(channels, 1, shift=8, maximum=maximum, bias=bias),
    ]
    return tf.keras.Sequential(layers, name=name)


def integer_network(network: tf.keras.Sequential) -> scales.ScaleDecoder:
    """Returns a network of `IntegerConv` layers in the format's integers, its bounds checked."""
    decoder = scales.ScaleDecoder(tuple(integer_layer(layer) for layer in network.layers))
    decoder.check()
    return decoder


def integer_layer(layer: IntegerConv) -> scales.IntegerConv:
    """Returns a layer with its weights as the format's integers."""
    return scales.IntegerConv(*layer.export(), layer.shift, layer.maximum, layer.upscale)
