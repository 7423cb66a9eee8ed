"""Defines codecs whose latents take five values and are coded with static tables."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from tfgan_codec.entropy.soft_to_hard import SoftToHardEntropy
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.models.blocks.calibration import calibrate
from tfgan_codec.models.blocks.encoder_decoder import EncoderDecoderConfig, decoder, encoder
from tfgan_codec.models.blocks.static import StaticCodec


class FiveLevelCodec(StaticCodec):
    """Joins HiFiC's encoder and decoder by soft-to-hard quantisation to -2..2.

    Without `measure`, files have the tables of Eq. 4's normal distribution. Subclasses set the
    number of latent channels and whether a ChannelNorm ends the encoder.

    Args:
        width, upsample, norm, latent_scale, fine: see `EncoderDecoderConfig`.
        sigma: hardness of the soft quantiser (`entropy.soft_to_hard`).
    """

    latents: int
    encoder_norm = False

    def __init__(
        self,
        width: float = 1.0,
        upsample: str = "transposed",
        norm: str = "channel",
        sigma: float = 1.0,
        latent_scale: float = 1.0,
        fine: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.config = config = EncoderDecoderConfig(
            self.latents, self.encoder_norm, width, upsample, norm, latent_scale, fine, gentle=True
        )
        self.analysis = encoder(config)
        self.synthesis = decoder(config)
        self.entropy = SoftToHardEntropy(self.latents, sigma)

    def code(
        self, pictures: tf.Tensor, quality: tf.Tensor, seed: tf.Tensor, training: bool
    ) -> CodecOutput:
        y, spread = self.analyse(pictures), {}
        if self.encoder_norm:  # what it makes of normalised channels is Eq. 4's N(beta, alpha^2)
            norm = self.analysis.layers[-1]
            spread = {"mean": norm.beta, "deviation": norm.alpha}
        coded = self.entropy(y, training=training, **spread)
        return CodecOutput(self.synthesise(coded.latents), coded.bits, coded.latents, quality)

    def calibrate(self, batches: Iterable[tf.Tensor]) -> None:
        """Gives a fresh codec a start that suits the first batch; see `blocks.calibration`."""
        if self.config.norm == "channel":
            shown = self.scaled(next(iter(batches)))
            scale, rounded = self.config.latent_scale, self.entropy.rounded
            calibrate(self.analysis, self.synthesis, shown, scale, rounded)

    def measure(self, batches: Iterable[np.ndarray]) -> None:
        """Sets the coding tables to the shares of the symbols of picture batches [n, h, w, 3]."""
        rounded = tf.function(self.rounded, reduce_retracing=True)

        def symbols():
            for pictures in batches:
                yield rounded(tf.cast(pictures, tf.float32)).numpy().astype(np.int64)

        self.entropy.measure(symbols())
