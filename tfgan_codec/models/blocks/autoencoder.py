"""Defines the autoencoder of MSAE (Huang et al., 2019), one of its scales and a codec in itself.

The encoder has one convolution of stride 1 and four of stride 2 to 480 channels at 1/16, projected
to a few; the decoder nine residual blocks ("information augmentation") and the encoder's mirror
image. That is HiFiC's layout with half the filters, 30 to 480. Bits are those of a fully factorized
density.

The paper does not give filters, the first kernel (here 7), normalisation and activation (here
ReLU). By default nothing is normalised: one channel of latents must carry the brightness of a
picture, which ChannelNorm takes away.
"""

from __future__ import annotations

from collections.abc import Iterable

import tensorflow as tf

from tfgan_codec.entropy.factorized import FactorizedEntropy
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.models.blocks.calibration import calibrate
from tfgan_codec.models.blocks.encoder_decoder import EncoderDecoderConfig, decoder, encoder
from tfgan_codec.models.blocks.static import StaticCodec

_FILTERS = 0.5  # factor on HiFiC's filters
# Residuals are small: without it, latents would start far below the noise and stay there.
_LATENT_SCALE = 8.0
DEVIATION = 2.0  # of latents after `calibrate`, in steps of the quantiser


class Autoencoder(StaticCodec):
    """Is the codec that the module's text describes.

    Args:
        latents: channels of the latents, the paper's C_neck.
        width: factor on all layers' channels.
        residual: whether it codes differences of pixels, in [-255, 255]; the decoder then gives
            zeros at first.
        noisy: whether the decoder gets noisy latents in training, as the paper says.
        upsample, norm, fine: see `EncoderDecoderConfig`.
    """

    def __init__(
        self,
        latents: int,
        width: float = 1.0,
        residual: bool = False,
        noisy: bool = True,
        upsample: str = "transposed",
        norm: str = "none",
        fine: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.offset = 0.0 if residual else 1.0
        self.normalised = norm == "channel"
        config = EncoderDecoderConfig(
            latents,
            False,
            _FILTERS * width,
            upsample,
            norm,
            latent_scale=_LATENT_SCALE,
            fine=_FILTERS * fine,
            gentle=self.normalised,
        )
        self.analysis = encoder(config)
        self.synthesis = decoder(config, "zeros" if residual else "glorot_uniform")
        self.entropy = FactorizedEntropy(latents, noisy)

    def code(
        self, pictures: tf.Tensor, quality: tf.Tensor, seed: tf.Tensor, training: bool
    ) -> CodecOutput:
        output = super().code(pictures, quality, seed, training)
        return output._replace(bits={"y": output.bits["z"]})

    def calibrate(self, batches: Iterable[tf.Tensor]) -> None:
        """Gives a fresh codec a start that suits the first batch; see `blocks.calibration`."""
        if self.normalised:
            shown = self.scaled(next(iter(batches)))
            calibrate(self.analysis, self.synthesis, shown, DEVIATION, self.entropy.rounded)
