"""MobileViT-GAN (Pei, Liu and Ling): 160,672,403 parameters.

Trained with the `mobilevit` discriminator, see `apps/flags/mobilevit_gan.flags`. Hinge GAN-GP (Pei
et al., 2023) has the same generator and differs in its discriminator and the lack of a smoothness
loss alone.
"""

from tfgan_codec.models.blocks.five_level import FiveLevelCodec


class MobileViTGan(FiveLevelCodec):
    """16 latent channels; a ChannelNorm ends the encoder, whose offsets Eq. 4 takes as learned."""

    latents, encoder_norm = 16, True
