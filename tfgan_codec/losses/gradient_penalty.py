"""Gradient penalties on discriminators, in float32, one value per picture.

Gradients are with respect to pictures in [-1, 1], all pixels of a picture in one norm; where a
discriminator gives many logits, they are averaged first.
"""

from collections.abc import Callable
from typing import Protocol

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.losses.adversarial import per_picture
from tfgan_codec.specs.grammar import Spec
from tfgan_codec.specs.names import Registry

# Maps pictures in [-1, 1] to logits, one tensor per size at which the discriminator looks.
Judge = Callable[[tf.Tensor], tuple[tf.Tensor, ...]]


class Penalty(Protocol):
    """Maps a discriminator, pictures and random numbers `mix` [batch] in [0, 1) to values [batch].

    Attributes:
        weight: factor, which the training step applies.
        every: the step takes the penalty in one of `every` discriminator steps, times `every`
            (lazy regularisation, StyleGAN2, Karras et al., 2020).
    """

    weight: float
    every: int

    def __call__(
        self, judge: Judge, real: tf.Tensor, fake: tf.Tensor, mix: tf.Tensor
    ) -> tf.Tensor: ...


class Interpolated:
    """Is (|gradient| - 1)^2 at a random point between x and x' (WGAN-GP, Gulrajani et al., 2017).

    It is the term with lambda_1 in MobileViT-GAN's Eq. 5.
    """

    def __init__(self, weight: float = 10.0, every: int = 1):
        self.weight = weight
        self.every = every

    def __call__(self, judge: Judge, real: tf.Tensor, fake: tf.Tensor, mix: tf.Tensor) -> tf.Tensor:
        mix = tf.cast(mix, real.dtype)[:, None, None, None]
        square = _squared_gradient(judge, mix * real + (1.0 - mix) * fake)
        # The square root has no gradient at 0, where discriminators without bias may start.
        return tf.square(tf.sqrt(square + 1e-12) - 1.0)


class R1:
    """Is |gradient|^2 / 2 at real pictures (Mescheder et al., 2018)."""

    def __init__(self, weight: float = 10.0, every: int = 1):
        self.weight = weight
        self.every = every

    def __call__(self, judge: Judge, real: tf.Tensor, fake: tf.Tensor, mix: tf.Tensor) -> tf.Tensor:
        return 0.5 * _squared_gradient(judge, real)


PENALTIES: Registry[Penalty] = Registry(
    "gradient penalty", {"interpolated": Interpolated, "r1": R1}
)


def build(name: str, **arguments) -> Penalty:
    """Returns the penalty of that name, "interpolated" or "r1"."""
    penalty = PENALTIES.make(Spec(name, arguments))
    if type(penalty.every) is not int or penalty.every < 1:
        raise UsageError(f"gradient penalty {name}: every must be 1 or more, not {penalty.every}")
    return penalty


def _squared_gradient(judge: Judge, pictures: tf.Tensor) -> tf.Tensor:
    """Returns |gradient of the mean logits with respect to each picture|^2, [batch]."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(pictures)
        verdict = tf.add_n([per_picture(logits) for logits in judge(pictures)])
    gradient = tf.cast(tape.gradient(verdict, pictures), tf.float32)
    return tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3))
