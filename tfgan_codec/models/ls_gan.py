"""LS-GAN (Agustsson et al., 2019) as MobileViT-GAN is compared with: 160,672,371 parameters."""

from tfgan_codec.models.blocks.encoder_decoder import EncoderDecoderConfig
from tfgan_codec.models.blocks.five_level import FiveLevelCodec


class LsGan(FiveLevelCodec):
    """16 latent channels and no ChannelNorm at the encoder's end, which accounts for the 32
    parameters between the two published totals."""

    def __init__(
        self,
        width: float = 1.0,
        upsample: str = "transposed",
        norm: str = "channel",
        **kwargs,
    ):
        super().__init__(EncoderDecoderConfig(16, False, width, upsample, norm), **kwargs)
