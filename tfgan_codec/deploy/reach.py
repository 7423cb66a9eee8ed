"""How far a network reaches: the input positions that one of its outputs depends on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import tensorflow as tf

from tfgan_codec import tiling
from tfgan_codec.layers.attention import AttentionBlock
from tfgan_codec.layers.residual import ResidualBlock
from tfgan_codec.layers.trunk import ResidualTrunk
from tfgan_codec.layers.upsample import NearestUpsample, SubpixelUpsample, TransposedConv
from tfgan_codec.models.blocks.post_processing import PostProcessing
from tfgan_codec.models.contract import CodecModel


def reach(network: tf.keras.Sequential) -> int:
    """Input positions to each side that an output depends on: the halo that tiles need."""
    return _reach(network.layers)


def synthesis_reach(model: CodecModel) -> int:
    """That of `model.synthesise`."""
    after = [] if model.post_processing is None else [model.post_processing]
    return _reach([*model.synthesis.layers, *after])


def _reach(layers: Sequence[tf.keras.layers.Layer]) -> int:
    if any(isinstance(layer, AttentionBlock) for layer in layers):
        return tiling.WHOLE
    distance, jump = 0.0, 1.0  # jump: input positions per position of the current layer
    for kernel, stride, upscale in _convolutions(layers):
        distance += kernel // 2 * jump
        jump *= stride / upscale
    return math.ceil(distance)


def _convolutions(layers: Sequence[tf.keras.layers.Layer]) -> Iterator[tuple[int, int, int]]:
    """Kernel size, stride and upscale of each convolution in order; normalisation and ReLU are
    pointwise."""
    for layer in layers:
        if isinstance(layer, TransposedConv):
            yield 3, 1, 2  # as sub-pixel convolution
        elif isinstance(layer, ResidualTrunk):
            yield from [(3, 1, 1)] * (2 * layer.blocks)
        elif isinstance(layer, PostProcessing):
            yield from [(3, 1, 1)] * (2 * layer.blocks + 2)
        elif isinstance(layer, tf.keras.layers.Conv2D):
            yield layer.kernel_size[0], layer.strides[0], 1
        elif isinstance(layer, SubpixelUpsample):
            yield layer.kernel_size, 1, 2
        elif isinstance(layer, NearestUpsample):
            yield from [(1, 1, 2), (layer.kernel_size, 1, 1)]
        elif isinstance(layer, ResidualBlock):
            yield from [(3, 1, 1)] * 2
