"""Adversarial losses on logits, each with the discriminator's side (D) and the generator's (G).

All return one value per picture, [batch]: logits of patches are averaged over a picture. In the
formulas x is a picture, x' its decoded version and D() the logit.
"""

from typing import Protocol

import tensorflow as tf

from tfgan_codec.specs.names import Registry


class Adversarial(Protocol):
    """Maps logits [batch, ...] of originals (real) and decoded pictures (fake) to losses."""

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor: ...

    def generator(self, fake: tf.Tensor) -> tf.Tensor: ...


class Hinge:
    """Hinge loss (MobileViT-GAN, Eq. 5, 6). D: max(0, 1 - D(x)) + max(0, 1 + D(x')); G: -D(x')."""

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(tf.nn.relu(1.0 - real)) + per_picture(tf.nn.relu(1.0 + fake))

    def generator(self, fake: tf.Tensor) -> tf.Tensor:
        return -per_picture(fake)


class LeastSquares:
    """Least squares (Mao et al., 2017). D: (D(x) - 1)^2 + D(x')^2; G: (D(x') - 1)^2."""

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(tf.square(real - 1.0)) + per_picture(tf.square(fake))

    def generator(self, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(tf.square(fake - 1.0))


class CrossEntropy:
    """Cross entropy, s being the sigmoid (Goodfellow et al., 2014; HiFiC).
    D: -log s(D(x)) - log(1 - s(D(x'))); G: -log s(D(x')), the form that does not saturate."""

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(tf.nn.softplus(-real)) + per_picture(tf.nn.softplus(fake))

    def generator(self, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(tf.nn.softplus(-fake))


class Wasserstein:
    """Wasserstein loss (Arjovsky et al., 2017), which needs a gradient penalty.
    D: D(x') - D(x); G: -D(x')."""

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
        return per_picture(fake) - per_picture(real)

    def generator(self, fake: tf.Tensor) -> tf.Tensor:
        return -per_picture(fake)


ADVERSARIAL: Registry[Adversarial] = Registry(
    "adversarial loss",
    {"bce": CrossEntropy, "hinge": Hinge, "lsgan": LeastSquares, "wgan": Wasserstein},
)


def build(name: str) -> Adversarial:
    """Returns the loss of that name: "bce", "hinge", "lsgan" or "wgan"."""
    return ADVERSARIAL.make(name)


def per_picture(x: tf.Tensor) -> tf.Tensor:
    """Returns the mean over all axes but the first, [batch]."""
    return tf.reduce_mean(x, axis=tuple(range(1, x.shape.rank)))
