"""How far networks reach: the input positions to each side that one of their outputs depends on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import tensorflow as tf

from tfgan_codec import tiling


class Window(NamedTuple):
    """What one convolution sees of its input.

    kernel: positions a side; 0 for what pools over the whole picture.
    stride: input positions between two outputs.
    upscale: outputs a side for each position, as sub-pixel convolutions give.
    """

    kernel: int
    stride: int = 1
    upscale: int = 1


class Convolving(tf.keras.layers.Layer):
    """A layer of the project that looks at more than one position."""

    def windows(self) -> list[Window]:
        """Those of its convolutions, in the order in which they run."""
        raise NotImplementedError


def reach(layers: Iterable[tf.keras.layers.Layer]) -> int:
    """Input positions to each side that an output of these layers depends on: the halo of tiles."""
    distance, jump = 0.0, 1.0  # jump: input positions per position of the current layer
    for kernel, stride, upscale in (window for layer in layers for window in _windows(layer)):
        if kernel == 0:
            return tiling.WHOLE
        distance += kernel // 2 * jump
        jump *= stride / upscale
    return math.ceil(distance)


def _windows(layer: tf.keras.layers.Layer) -> list[Window]:
    """Those of any layer; normalisation and activations of Keras and TFC are pointwise."""
    if isinstance(layer, Convolving):
        return layer.windows()
    if isinstance(layer, tf.keras.layers.Conv2D):
        return [Window(layer.kernel_size[0], layer.strides[0])]
    return []
