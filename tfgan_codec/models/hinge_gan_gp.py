"""Defines Hinge GAN-GP (Pei et al., 2023): MobileViT-GAN's generator, 160,672,403 parameters."""

from tfgan_codec.models.mobilevit_gan import MobileViTGan


class HingeGanGp(MobileViTGan):
    """Is trained with the `hinge_gan_gp` discriminator, see `apps/flags/hinge_gan_gp.flags`."""
