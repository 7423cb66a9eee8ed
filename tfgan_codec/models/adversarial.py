"""The adversarial hyperprior codec with channel-spatial attention (Yang et al., CLIC 2020).

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

import numpy as np
import tensorflow as tf

from tfgan_codec.bundle import normative
from tfgan_codec.entropy.context import ContextConfig, ContextEntropy
from tfgan_codec.format import geometry
from tfgan_codec.format.context_model import ContextModel
from tfgan_codec.format.geometry import STRIDE
from tfgan_codec.format.scales import ScaleDecoder
from tfgan_codec.layers.attention import AttentionBlock
from tfgan_codec.layers.upsample import TransposedConv
from tfgan_codec.layers.widths import scale_filters
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.models.contract import CodecModel

_FILTERS = _LATENTS = _HYPER_LATENTS = 192
_STAGES = 4


class Adversarial(CodecModel):
    """See the module's text. One model has one rate.

    Args:
        width: factor on all filters of the autoencoders, latents included, and, unless it is given,
            on the post-processing. The context model stays as it is.
        blocks: residual blocks in each CSAB.
        ratio: of the channel attention.
        kernel, order: of the context's convolution, see `entropy.context.ContextConfig`.
        post_processing: its width; 0: none.
    """

    default_quality = 0

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

    def call(
        self,
        pictures: tf.Tensor,
        training: bool = False,
        *,
        quality: tf.Tensor | None = None,
        seed: tf.Tensor | None = None,
    ) -> CodecOutput:
        """Pictures in [0, 255] whose sides are multiples of 16."""
        if seed is None:
            seed = tf.zeros([2], tf.int32)
        y = self.analyse(tf.cast(pictures, tf.float32))
        coded = self.entropy(y, training=training, seed=seed)
        fixed = tf.zeros([tf.shape(pictures)[0]])
        return CodecOutput(self.synthesise(coded.latents), coded.bits, coded.latents, fixed)

    def prepare_for_coding(self) -> None:
        self.entropy.prepare_for_coding()

    def integer_scale_decoder(self) -> ScaleDecoder:
        """The hyper decoder, whose outputs are features for the context model."""
        return self.entropy.integer_hyper_decoder()

    def integer_context(self) -> ContextModel:
        """The context model as plain integers."""
        return self.entropy.integer_context()

    def model_id(self) -> bytes:
        arrays = normative.normative_arrays(
            self.entropy.side.tables.read(),
            self.entropy.tables.read(),
            self.integer_scale_decoder(),
            self.integer_context(),
        )
        return bytes.fromhex(normative.normative_hash(arrays))[:3]

    def encode(self, picture: np.ndarray, quality: int) -> tuple[bytes, ...]:
        padded = geometry.pad_edges(picture, STRIDE).astype(np.float32)[None]
        return (self.entropy.write(self.entropy.symbols(self.analyse(padded))),)

    def decode(
        self, streams: tuple[bytes, ...], height: int, width: int, quality: int
    ) -> np.ndarray:
        symbols = self.entropy.read(streams[0], -(-height // STRIDE), -(-width // STRIDE))
        pixels = self.synthesise(tf.cast(symbols.q, tf.float32)[None])
        return pixels[0, :height, :width].numpy()


def _conv(filters: int, kernel_size: int, stride: int = 1, **kwargs) -> tf.keras.layers.Layer:
    return tf.keras.layers.Conv2D(filters, kernel_size, stride, padding="same", **kwargs)


def _up(filters: int, **kwargs) -> tf.keras.layers.Layer:
    return TransposedConv(filters, 5, **kwargs)
