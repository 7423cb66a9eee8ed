"""The contract of training techniques: what they may change in a step of `step.gan`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Union

import tensorflow as tf

# A number, or a variable that a ramp sets.
Number = Union[float, tf.Variable]


class Technique:
    """Is the base class. Its hooks, which change nothing, are in the order of the step's calls.

    A technique overrides one or two. Hooks are traced into the step's graph: they must be functions
    of their arguments, of weights and of ramps, so that a resumed run repeats itself. `seed`
    [2] is new in each step and on each replica.

    Attributes:
        reads: how many pictures `on_batch` must be given for each one that it returns.
        averages: whether it needs averaged weights of the discriminators, not of the codec alone.
    """

    reads = 1
    averages = False

    def on_batch(self, pictures: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Returns the pictures to train on, made of or chosen from `pictures` [batch, h, w, 3] in
        [0, 255]."""
        return pictures

    def on_verdict(self, pictures: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Returns what discriminators see of pictures [batch, h, w, 3] in [-1, 1]. It is called
        with the originals and with the decoded pictures, and the same seed."""
        return pictures

    def discriminator_share(self, accuracy: tf.Tensor) -> tf.Tensor | float:
        """Returns the factor on the discriminators' gradients, given their accuracy: the share of
        originals that they score above the decoded version."""
        return 1.0

    def look_ahead(
        self, discriminator_step: Callable[[int], None], variables: Sequence[tf.Variable]
    ) -> Callable[[], None]:
        """Runs before the codec's loss is computed; returns a function to run after its step.

        `discriminator_step(i)` trains the discriminators once more, which changes `variables`.
        """
        return lambda: None

    def on_target(self, pictures: tf.Tensor) -> tf.Tensor:
        """Returns what the codec's losses compare the reconstruction with, made of `pictures`."""
        return pictures

    def adversarial_factor(
        self,
        tape: tf.GradientTape,
        reconstruction: tf.Tensor,
        codec_loss: tf.Tensor,
        adversarial: tf.Tensor,
    ) -> tf.Tensor | float:
        """Returns the factor on the codec's adversarial loss; `tape` gives gradients repeatedly."""
        return 1.0

    def weight_loss(
        self, optimizer: tf.keras.optimizers.Optimizer, variables: Sequence[tf.Variable]
    ) -> tf.Tensor | float:
        """Returns a term to add to the loss of the codec or of the discriminators, whichever has
        these variables."""
        return 0.0
