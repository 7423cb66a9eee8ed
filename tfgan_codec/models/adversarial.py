"""Defines the adversarial hyperprior codec with channel-spatial attention (Yang et al., CLIC 2020).

    x -> analysis -> y -> round -> synthesis -> post-processing -> x_hat
                     |      ^
                     +-> hyper analysis -> z, context: mean and scale of y (`entropy.context`)

Analysis, synthesis and hyper analysis are made of channel-spatial attention blocks (CSAB). The
paper's sizes are in a figure that its text does not repeat; here every stage is a 5x5 convolution
of stride 2 and a block, all of 192 filters, as is usual for codecs of that time, and y and z have
192 channels. Departures: the hyper decoder and the context model are integer networks, because they
decide how files are parsed; z is rounded with straight-through gradients for the hyper decoder, as
in all codecs of this project.

The blocks pool over the whole picture (`layers.attention`), so encoder and decoder take a picture
in one piece, however large, with its padding to multiples of 16; memory grows with it.
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.entropy.context import ContextConfig, ContextEntropy
from tfgan_codec.layers.attention import AttentionBlock
from tfgan_codec.layers.upsample import TransposedConv
from tfgan_codec.layers.widths import scale_filters
from tfgan_codec.models.contract import CodecModel

_FILTERS = _LATENTS = _HYPER_LATENTS = 192
_STAGES = 4


class Adversarial(CodecModel):
    """Is the codec that the module's text describes. One model has one rate.

    Args:
        width: factor on all filters of the autoencoders, latents included, and, unless it is given,
            on the post-processing. The context model stays as it is.
        blocks: residual blocks in each CSAB.
        ratio: factor by which the channel attention reduces channels; 0 for blocks without
            attention, which need not see the whole picture.
        kernel, order: settings of the context model, see `entropy.context.ContextConfig`.
        post_processing: width of the post-processing; 0 for none.
    """

    def __init__(
        self,
        width: float = 1.0,
        blocks: int = 3,
        ratio: int = 16,
        kernel: int = 11,
        order: str = "hwc",
        post_processing: float | None = None,
        **kwargs,
    ):
        super().__init__(width if post_processing is None else post_processing, **kwargs)
        filters, channels, hyper = (
            scale_filters(n, width) for n in (_FILTERS, _LATENTS, _HYPER_LATENTS)
        )

        def block(inverse: bool = False) -> AttentionBlock:
            return AttentionBlock(filters, blocks, inverse, ratio)

        def sequence(name: str, *layers: tf.keras.layers.Layer) -> tf.keras.Sequential:
            return tf.keras.Sequential(layers, name=name)

        down = [layer for _ in range(_STAGES) for layer in (_conv(filters, 5, 2), block())]
        up = [layer for _ in range(_STAGES - 1) for layer in (_up(filters), block(inverse=True))]
        self.analysis = sequence("analysis", *down, _conv(channels, 3, dtype="float32"))
        self.synthesis = sequence(
            "synthesis", _conv(filters, 3), block(inverse=True), *up, _up(3, dtype="float32")
        )
        hyper_analysis = sequence(
            "hyper_analysis",
            *(_conv(filters, 3), block()),
            *(_conv(filters, 5, 2), block()),
            _conv(hyper, 5, 2, dtype="float32"),
        )
        context = ContextConfig(kernel, order)
        self.entropy = ContextEntropy(hyper_analysis, channels, hyper, context)


def _conv(filters: int, kernel_size: int, stride: int = 1, **kwargs) -> tf.keras.layers.Layer:
    return tf.keras.layers.Conv2D(filters, kernel_size, stride, padding="same", **kwargs)


def _up(filters: int, **kwargs) -> tf.keras.layers.Layer:
    return TransposedConv(filters, 5, **kwargs)
