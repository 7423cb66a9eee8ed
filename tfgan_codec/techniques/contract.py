"""What a training technique may change in a step of `step.gan`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Union

import tensorflow as tf

# A number, or a variable that a ramp sets.
Number = Union[float, tf.Variable]


class Technique:
    """Hooks into the train step, in the order in which it calls them; none changes anything here.

    A technique overrides one or two. Hooks are traced into the step's graph: they must be functions
    of their arguments, of weights and of ramps, so that a resumed run repeats itself. `seed`
    [2] is new in each step and on each replica.

    reads: how many pictures the data must give for each one that the step is made on.
    averages: whether it needs averaged weights of the discriminators, not of the codec alone.
    """

    reads = 1
    averages = False

    def on_batch(self, pictures: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """The pictures that the step is made on, [batch, h, w, 3] in [0, 255]; it may return
        fewer of them."""
        return pictures

    def on_verdict(self, pictures: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """What discriminators see of pictures in [-1, 1], original and decoded ones alike; the seed
        is the same for both."""
        return pictures

    def discriminator_share(self, accuracy: tf.Tensor) -> tf.Tensor | float:
        """Factor on the discriminators' gradients. accuracy: how often they score an original above
        its decoded version."""
        return 1.0

    def look_ahead(
        self, discriminator_step: Callable[[int], None], variables: Sequence[tf.Variable]
    ) -> Callable[[], None]:
        """Called before the codec's loss is computed; what it returns is called after the codec's
        step. `discriminator_step(i)` makes one more; variables: all that it changes."""
        return lambda: None

    def on_target(self, pictures: tf.Tensor) -> tf.Tensor:
        """What the codec's losses compare the reconstruction with."""
        return pictures

    def adversarial_factor(
        self,
        tape: tf.GradientTape,
        reconstruction: tf.Tensor,
        codec_loss: tf.Tensor,
        adversarial: tf.Tensor,
    ) -> tf.Tensor | float:
        """Factor on the adversarial loss of the codec; the tape is persistent."""
        return 1.0

    def weight_loss(
        self, optimizer: tf.keras.optimizers.Optimizer, variables: Sequence[tf.Variable]
    ) -> tf.Tensor | float:
        """Added to the loss of the side, codec or discriminators, that has these weights."""
        return 0.0
