"""Codecs whose latents take five values and are coded with static tables."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from tfgan_codec.entropy.soft_to_hard import SoftToHardEntropy
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.models.blocks.encoder_decoder import EncoderDecoderConfig, decoder, encoder
from tfgan_codec.models.blocks.static import StaticCodec


class FiveLevelCodec(StaticCodec):
    """HiFiC's encoder and decoder around soft-to-hard quantisation to -2..2.

    `sigma` is the hardness of the soft quantiser (`entropy.soft_to_hard`). Without `measure`, files
    have the tables of Eq. 4's normal distribution.
    """

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
                y = self.entropy.rounded(analyse(tf.cast(pictures, tf.float32)))
                yield y.numpy().astype(np.int64)

        self.entropy.measure(symbols())
