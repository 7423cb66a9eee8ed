"""Defines LS-GAN (Agustsson et al., 2019) as in MobileViT-GAN's paper: 160,672,371 parameters."""

from tfgan_codec.models.blocks.five_level import FiveLevelCodec


class LsGan(FiveLevelCodec):
    """Has 16 latent channels and, unlike MobileViT-GAN, no ChannelNorm at the encoder's end, which
    accounts for the 32 parameters between the two published totals."""

    latents = 16
