"""What every discriminator of the project offers."""

from typing import NamedTuple

import tensorflow as tf


class DiscriminatorOutput(NamedTuple):
    """logits: float32, one tensor per scale, [batch] for a single verdict, [batch, h, w] for
    patches. features: per scale the activations of the hidden layers, for feature matching."""

    logits: tuple[tf.Tensor, ...]
    features: tuple[tuple[tf.Tensor, ...], ...]


class Discriminator(tf.keras.Model):
    """`call(pictures, latents, training)`: pictures in [-1, 1]; latents are those of the codec.

    Discriminators that are not conditional ignore the latents. `training=True` belongs to the
    discriminator's own step, whose batch is originals and then their decoded versions: stored
    vectors of spectral normalisation and counters of dropout move then, and only then.
    """

    def build_weights(self, latent_channels: int) -> None:
        """Creates all variables by one run on an empty picture."""
        self(tf.zeros([1, 64, 64, 3]), tf.zeros([1, 4, 4, latent_channels]))
