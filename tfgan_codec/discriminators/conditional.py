"""HiFiC's discriminator (Mentzer et al., 2020), which judges patches and sees the latents too."""

import tensorflow as tf

from tfgan_codec.discriminators.contract import Discriminator, DiscriminatorOutput
from tfgan_codec.discriminators.patch import PatchNetwork
from tfgan_codec.layers.spectral import SpectralConv2D

_LATENT_FILTERS = 12


class Conditional(Discriminator):
    """Judges patches of a picture and its latents, enlarged to its size by nearest neighbour.

    With 12-channel latents it has the 2,777,985 parameters that the MobileViT-GAN paper gives for
    HiFiC: 2,777,025 weights and 960 numbers in the vectors of spectral normalisation.

    Args:
        width: factor on the numbers of filters.
        official: the variant of HiFiC's published code: latents go through a 3x3 convolution to 12
            channels first, the 512-filter layer keeps the resolution, and every convolution is
            spectrally normalised.
        dropout, minibatch: see `discriminators.patch.PatchNetwork`.
    """

    def __init__(
        self,
        width: float = 1.0,
        official: bool = False,
        dropout: float = 0.0,
        minibatch: int = 0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.official = official
        if official:
            self.latent_conv = SpectralConv2D(_LATENT_FILTERS, 3, padding="same")
        strides = (2, 2, 2, 1) if official else (2, 2, 2, 2)
        self.network = PatchNetwork(
            width, "spectral", strides, official, dropout=dropout, minibatch=minibatch
        )

    def call(
        self, pictures: tf.Tensor, latents: tf.Tensor, training: bool = False
    ) -> DiscriminatorOutput:
        latents = tf.cast(latents, pictures.dtype)
        if self.official:
            latents = tf.nn.leaky_relu(self.latent_conv(latents, training=training), 0.2)
        # Not `tf.image.resize`, whose gradient XLA does not know.
        rows = tf.repeat(latents, pictures.shape[1] // latents.shape[1], axis=1)
        enlarged = tf.repeat(rows, pictures.shape[2] // latents.shape[2], axis=2)
        x = tf.concat([pictures, enlarged], axis=-1)
        logits, features = self.network(x, training=training)
        return DiscriminatorOutput((logits,), (features,))
