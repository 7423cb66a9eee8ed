"""Codecs whose latents take five values and are coded with static tables."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from tfgan_codec import bundle, latents
from tfgan_codec.entropy.soft_to_hard import (
    SoftToHardEntropy,
    coding_tables,
    static_scale_decoder,
)
from tfgan_codec.models.base import Codec, CodecOutput
from tfgan_codec.models.encoder_decoder import STRIDE, EncoderDecoderConfig, decoder, encoder
from tfgan_codec.scales import ScaleDecoder


class FiveLevelCodec(Codec):
    """HiFiC's encoder and decoder around soft-to-hard quantisation to -2..2.

    One model has one rate: the quality argument of the base class is not used, and is 0 in files.
    `sigma` is the hardness of the soft quantiser (`entropy.soft_to_hard`).
    """

    default_quality = 0

    def __init__(self, config: EncoderDecoderConfig, sigma: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.config = config
        self.analysis = encoder(config)
        self.synthesis = decoder(config)
        self.entropy = SoftToHardEntropy(config.latents, sigma)

    def call(
        self,
        pictures: tf.Tensor,
        training: bool = False,
        *,
        quality: tf.Tensor | None = None,
        seed: tf.Tensor | None = None,
    ) -> CodecOutput:
        """Pictures in [0, 255] whose sides are multiples of 16."""
        y = self.analyse(tf.cast(pictures, tf.float32))
        coded = self.entropy(y, training=training)
        fixed = tf.zeros([tf.shape(pictures)[0]])
        return CodecOutput(self.synthesise(coded.latents), coded.bits, coded.latents, fixed)

    def measure(self, batches: Iterable[np.ndarray]) -> None:
        """Sets the coding tables to what the symbols of batches [n, h, w, 3] look like."""
        analyse = tf.function(self.analyse, reduce_retracing=True)

        def symbols():
            for pictures in batches:
                yield self.entropy.symbols(analyse(tf.cast(pictures, tf.float32))).numpy()

        self.entropy.measure(symbols())

    def prepare_for_coding(self) -> None:
        """Takes the tables of Eq. 4's normal distribution if `measure` was not called."""
        self.entropy.prepare_for_coding()

    def model_id(self) -> bytes:
        tables = coding_tables(self.entropy.tables.read())
        arrays = bundle.normative_arrays(*tables, self.integer_scale_decoder())
        return bytes.fromhex(bundle.normative_hash(arrays))[:3]

    def integer_scale_decoder(self) -> ScaleDecoder:
        """What stands for a scale decoder in files, see `entropy.soft_to_hard`."""
        return static_scale_decoder(self.entropy.channels)

    def symbols(self, picture: np.ndarray) -> np.ndarray:
        """What a file of the picture holds: int32 [h / 16, w / 16, C]."""
        padded = latents.pad_edges(picture, STRIDE).astype(np.float32)[None]
        return self.entropy.symbols(self.analyse(padded))[0].numpy()

    def encode(self, picture: np.ndarray, quality: int) -> tuple[bytes, ...]:
        return (self.entropy.write(self.symbols(picture)),)

    def decode(
        self, streams: tuple[bytes, ...], height: int, width: int, quality: int
    ) -> np.ndarray:
        symbols = self.entropy.read(streams[0], -(-height // STRIDE), -(-width // STRIDE))
        pixels = self.synthesise(tf.cast(symbols, tf.float32)[None])
        return pixels[0, :height, :width].numpy()
