"""Computes how far networks reach: on how many input positions to each side an output depends."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import tensorflow as tf

from tfgan_codec import tiling


class Window(NamedTuple):
    """Says what one convolution sees of its input, along each axis."""

    kernel: int  # input positions; 0 for what pools over the whole picture
    stride: int = 1  # input positions from one output to the next
    upscale: int = 1  # outputs for each input position, as sub-pixel convolutions give


class Convolving(tf.keras.layers.Layer):
    """Is the base class of this project's layers that look at more than one position."""

    def windows(self) -> list[Window]:
        """Returns the windows of the layer's convolutions, in the order in which they run."""
        raise NotImplementedError


def reach(layers: Iterable[tf.keras.layers.Layer]) -> int:
    """Returns on how many input positions to each side an output depends: the halo of tiles."""
    distance, jump = 0.0, 1.0  # jump: input positions per position of the current layer
    for kernel, stride, upscale in (window for layer in layers for window in _windows(layer)):
        if kernel == 0:
            return tiling.WHOLE
        distance += kernel // 2 * jump
        jump *= stride / upscale
    return math.ceil(distance)


def _windows(layer: tf.keras.layers.Layer) -> list[Window]:
    """Returns the windows of any layer; Keras' and TFC's other layers look at one position."""
    if isinstance(layer, Convolving):
        return layer.windows()
    if isinstance(layer, tf.keras.layers.Conv2D):
        return [Window(layer.kernel_size[0], layer.strides[0])]
    return []
