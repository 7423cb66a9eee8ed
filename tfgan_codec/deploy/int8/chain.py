"""Turns the synthesis of `mobile` into a plain chain of convolutions, whose weights can be changed.

The Keras model is made of layers that train well. Devices want something else: transposed
convolutions on an Edge TPU, one scale per tensor in int8. A chain is only kernels and biases in the
order in which they run, and can be run, rescaled and rebuilt without knowing any layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.layers.residual import ResidualBlock
from tfgan_codec.layers.upsample import SubpixelUpsample

INPUT = "input"  # the name of the chain's own input
PLAIN, EXPAND, PROJECT = "plain", "expand", "project"
# Pixels are (output + 1) * 127.5, which becomes part of the last convolution.
_PIXEL_SCALE, _PIXEL_OFFSET = 127.5, 1.0


class Conv(NamedTuple):
    """Holds a convolution: kernel [k, k, in, out], bias, then depth-to-space if `upscale` is 2.

    kind: PLAIN; EXPAND, the first of a residual block, followed by ReLU; PROJECT, its second, after
        which the block's input is added.
    """

    kernel: tf.Tensor
    bias: tf.Tensor
    kind: str = PLAIN
    upscale: int = 1


Chain = Sequence[Conv]
# Is given each tensor with its name, and returns what replaces it: "3" is a convolution's result,
# after ReLU and depth-to-space; "3+" the same after the addition; `INPUT` the decoder's input.
Watch = Callable[[str, tf.Tensor], tf.Tensor]


def has_form(synthesis: tf.keras.Sequential) -> bool:
    """Returns whether a chain can be made of all layers of a network."""
    return all(_convs(layer) is not None for layer in synthesis.layers)


def from_keras(synthesis: tf.keras.Sequential) -> list[Conv]:
    """Returns the chain of a synthesis network; unlike this it gives pixels 0..255."""
    chain: list[Conv] = []
    for layer in synthesis.layers:
        convs = _convs(layer)
        if convs is None:
            raise UsageError(
                f"a {type(layer).__name__} has no form for this target: only decoders of the codec "
                "mobile have"
            )
        chain += convs
    last = chain[-1]
    kernel = last.kernel * np.float32(_PIXEL_SCALE)
    bias = (last.bias + np.float32(_PIXEL_OFFSET)) * np.float32(_PIXEL_SCALE)
    return [*chain[:-1], last._replace(kernel=kernel, bias=bias)]


def run(chain: Chain, latents: tf.Tensor, watch: Watch = lambda _, x: x) -> tf.Tensor:
    """Returns the pixels of latents [n, h, w, c]; `watch` may replace every tensor on the way."""
    return _run(chain, latents, watch, _subpixel)


def run_transposed(chain: Chain, latents: tf.Tensor, watch: Watch = lambda _, x: x) -> tf.Tensor:
    """Returns the same pixels by transposed convolutions in place of depth-to-space."""
    return _run(chain, latents, watch, _transposed)


def transposed_kernel(kernel: np.ndarray) -> np.ndarray:
    """Returns the kernel [2k, 2k, out, in] of a transposed convolution of stride 2 that does what
    a kernel [k, k, in, 4 out] and depth-to-space do.

    Output row 2r + p is the sum over i of `kernel[i, p] x[r + i - k // 2]`. Seen from x, the weight
    belongs to tap `2 (k - 1 - i) + p` of a transposed convolution with SAME padding.
    """
    size, _, cin, cout = kernel.shape
    phases = kernel.reshape(size, size, cin, 2, 2, cout // 4)
    result = np.zeros((2 * size, 2 * size, cout // 4, cin), kernel.dtype)
    for row in range(size):
        for column in range(size):
            top, left = 2 * (size - 1 - row), 2 * (size - 1 - column)
            taps = phases[row, column].transpose(1, 2, 3, 0)
            result[top : top + 2, left : left + 2] = taps
    return result


def _convs(layer: tf.keras.layers.Layer) -> list[Conv] | None:
    """Returns the convolutions of a layer; None if a chain cannot hold them."""
    plain = type(layer) is tf.keras.layers.Conv2D and layer.strides == (1, 1)
    if plain and layer.activation is tf.keras.activations.linear:
        return [_conv(layer)]
    if isinstance(layer, SubpixelUpsample):
        return [_conv(layer.conv, upscale=2)]
    if isinstance(layer, ResidualBlock):
        return [_conv(layer.expand, EXPAND), _conv(layer.project, PROJECT)]
    return None


def _conv(layer: tf.keras.layers.Conv2D, kind: str = PLAIN, upscale: int = 1) -> Conv:
    return Conv(layer.kernel.numpy(), layer.bias.numpy(), kind, upscale)


def _run(chain: Chain, x: tf.Tensor, watch: Watch, upsample: Callable) -> tf.Tensor:
    x = skip = watch(INPUT, x)
    for number, conv in enumerate(chain):
        if conv.kind == EXPAND:
            skip = x
        if conv.upscale == 2:
            x = upsample(conv, x)
        else:
            x = tf.nn.bias_add(tf.nn.conv2d(x, conv.kernel, 1, "SAME"), conv.bias)
        if conv.kind == EXPAND:
            x = tf.nn.relu(x)
        x = watch(f"{number}", x)
        if conv.kind == PROJECT:
            x = watch(f"{number}+", x + skip)
    return x


def _subpixel(conv: Conv, x: tf.Tensor) -> tf.Tensor:
    y = tf.nn.bias_add(tf.nn.conv2d(x, conv.kernel, 1, "SAME"), conv.bias)
    return tf.nn.depth_to_space(y, 2)


def _transposed(conv: Conv, x: tf.Tensor) -> tf.Tensor:
    """Upsamples by a transposed convolution, with one bias for all phases, see `quantized.tie`."""
    kernel = transposed_kernel(np.asarray(conv.kernel))
    batch, height, width, _ = x.shape
    shape = [batch, 2 * height, 2 * width, kernel.shape[2]]
    y = tf.nn.conv2d_transpose(x, kernel, shape, strides=2)
    return tf.nn.bias_add(y, np.asarray(conv.bias)[: kernel.shape[2]])
