"""The contract of discriminators: how they are called and what they return."""

from typing import NamedTuple

import tensorflow as tf


class DiscriminatorOutput(NamedTuple):
    """Holds the verdicts on a batch of pictures, at each size that the discriminator looks at."""

    logits: tuple[tf.Tensor, ...]  # per size, float32 [batch], or [batch, h, w] for patches
    features: tuple[tuple[tf.Tensor, ...], ...]  # per size, each hidden layer's activations


class Discriminator(tf.keras.Model):
    """Is the base class: `call(pictures, latents, training)` returns a `DiscriminatorOutput`.

    Pictures are [batch, h, w, 3] in [-1, 1]. Latents are the codec's, [batch, h / 16, w / 16, C];
    discriminators that are not conditional ignore them. `training` is True in the discriminator's
    own step alone, whose batch is originals and then their decoded versions. Only then do stored
    vectors of spectral normalisation and counters of dropout change.
    """

    def build_weights(self, latent_channels: int) -> None:
        """Creates all variables by running once on a black picture."""
        self(tf.zeros([1, 64, 64, 3]), tf.zeros([1, 4, 4, latent_channels]))
