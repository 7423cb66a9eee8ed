"""Adversarial losses on logits, each with the discriminator's side and the generator's.

All return one value per picture: logits of patches are averaged over a picture.
"""

from typing import Protocol

import tensorflow as tf

from tfgan_codec.specs.names import Registry


class Adversarial(Protocol):
    """real, fake: logits [batch, ...]."""

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor: ...

    def generator(self, fake: tf.Tensor) -> tf.Tensor: ...


class Hinge:
    """D: max(0, 1 - D(x)) + max(0, 1 + D(x')); G: -D(x') (Eq. 5 and 6 of MobileViT-GAN)."""

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(tf.nn.relu(1.0 - real)) + per_picture(tf.nn.relu(1.0 + fake))

    def generator(self, fake: tf.Tensor) -> tf.Tensor:
        return -per_picture(fake)


class LeastSquares:
    """D: (D(x) - 1)^2 + D(x')^2; G: (D(x') - 1)^2 (Mao et al., 2017)."""

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(tf.square(real - 1.0)) + per_picture(tf.square(fake))

    def generator(self, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(tf.square(fake - 1.0))


class CrossEntropy:
    """D: -log s(D(x)) - log(1 - s(D(x'))); G: -log s(D(x')), the form that does not saturate
    (Goodfellow et al., 2014; HiFiC)."""

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(tf.nn.softplus(-real)) + per_picture(tf.nn.softplus(fake))

    def generator(self, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(tf.nn.softplus(-fake))


class Wasserstein:
    """D: D(x') - D(x); G: -D(x') (Arjovsky et al., 2017). Wants a gradient penalty."""

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(fake) - per_picture(real)

    def generator(self, fake: tf.Tensor) -> tf.Tensor:
        return -per_picture(fake)


ADVERSARIAL: Registry[Adversarial] = Registry(
    "adversarial loss",
    {"bce": CrossEntropy, "hinge": Hinge, "lsgan": LeastSquares, "wgan": Wasserstein},
)


def build(name: str) -> Adversarial:
    """One of "bce", "hinge", "lsgan", "wgan"."""
    return ADVERSARIAL.make(name)


def per_picture(x: tf.Tensor) -> tf.Tensor:
    """Mean over all axes but the first."""
    return tf.reduce_mean(x, axis=tuple(range(1, x.shape.rank)))
