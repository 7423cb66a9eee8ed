"""Simulates a chain in 8-bit integers, as TFLite computes it.

TFLite gives each kernel one scale per output channel, but each tensor of activations one scale and
zero point for all its channels. A decoder in integers stays good by three steps, each on latents of
real pictures: `equalise` makes channels alike, `calibrate` chooses ranges and mends biases, `fit`
trains what is left. The result converts to TFLite without any calibration there.
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.deploy.int8 import chain as chains
from tfgan_codec.deploy.int8.chain import Chain, Conv

PIXELS = (0.0, 255.0)  # the output's range: a step of 1, so that rounding is that of pictures


class QuantizedChain(tf.Module):
    """Is a chain whose kernels and activations pass through 8-bit integers, as TFLite's will.

    ranges: lowest and highest value of each tensor, by its name in `chain.run`.
    tied: whether up-sampling has one bias for its four phases, as a transposed convolution has.
    """

    def __init__(self, chain: Chain, ranges: dict[str, tuple[float, float]], tied: bool):
        super().__init__()
        self.shapes = [(conv.kind, conv.upscale) for conv in chain]
        self.kernels = [tf.Variable(conv.kernel) for conv in chain]
        self.biases = [tf.Variable(conv.bias) for conv in chain]
        self.ranges = dict(ranges)
        self.tied = tied

    def __call__(self, latents: tf.Tensor) -> tf.Tensor:
        """Returns the pixels, in [0, 255] and differentiable, of latents scaled as equalised."""
        return chains.run(self._chain(), latents, self.watch)

    def watch(self, name: str, x: tf.Tensor) -> tf.Tensor:
        """Returns a tensor as 8-bit integers hold it."""
        low, high = self.ranges[name]
        return tf.quantization.fake_quant_with_min_max_vars(x, low, high)

    def constants(self) -> list[Conv]:
        """Returns the chain as arrays, with kernels rounded to what 8-bit integers hold."""
        return [
            conv._replace(kernel=conv.kernel.numpy(), bias=conv.bias.numpy())
            for conv in self._chain()
        ]

    def _chain(self) -> list[Conv]:
        convs = []
        for kernel, bias, (kind, upscale) in zip(self.kernels, self.biases, self.shapes):
            bias = tied_bias(bias) if self.tied and upscale == 2 else tf.convert_to_tensor(bias)
            convs.append(Conv(quantized_kernel(kernel, upscale), bias, kind, upscale))
        return convs


def quantized_kernel(kernel: tf.Tensor, upscale: int) -> tf.Tensor:
    """Rounds to -127..127 steps per output channel, with straight-through gradients.

    The four phases of an up-sampled channel share one scale: then a transposed convolution, which
    has but one scale for them, holds the same integers.
    """
    limit = tf.reduce_max(tf.abs(tf.stop_gradient(kernel)), axis=(0, 1, 2))
    if upscale == 2:
        limit = tf.tile(tf.reduce_max(tf.reshape(limit, [4, -1]), axis=0), [4])
    limit = tf.maximum(limit, 1e-6)
    return tf.quantization.fake_quant_with_min_max_vars_per_channel(
        kernel, -limit, limit, narrow_range=True
    )


def tie(chain: Chain) -> list[Conv]:
    """Returns a chain with one bias for all four phases of an up-sampled channel."""
    return [c._replace(bias=tied_bias(c.bias).numpy()) if c.upscale == 2 else c for c in chain]


def tied_bias(bias: tf.Tensor) -> tf.Tensor:
    """Returns biases of four phases, each replaced by their mean."""
    return tf.tile(tf.reduce_mean(tf.reshape(bias, [4, -1]), axis=0), [4])
