"""Defines MobileViT-GAN (Pei, Liu and Ling), 160,672,403 parameters.

It is trained with the `mobilevit` discriminator, see `apps/flags/mobilevit_gan.flags`. Hinge GAN-GP
(Pei et al., 2023) has the same generator and differs in its discriminator and the lack of a
smoothness loss alone.
"""

from tfgan_codec.models.blocks.five_level import FiveLevelCodec


class MobileViTGan(FiveLevelCodec):
    """Has 16 latent channels; a ChannelNorm ends the encoder, with the learned offsets of Eq. 4."""

    latents, encoder_norm = 16, True
