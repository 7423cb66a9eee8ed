"""Hinge GAN-GP (Pei et al., 2023): 160,672,403 parameters, the generator of MobileViT-GAN."""

from tfgan_codec.models.mobilevit_gan import MobileViTGan


class HingeGanGp(MobileViTGan):
    """Trained with the `hinge_gan_gp` discriminator, see `apps/flags/hinge_gan_gp.flags`."""
