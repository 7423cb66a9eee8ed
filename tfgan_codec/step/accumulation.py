"""Gradient accumulation: large batches in the memory of small ones."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import tensorflow as tf

from tfgan_codec.step.state import Figures
from tfgan_codec.step.two_losses import TwoLosses
from tfgan_codec.step.updates import scaled_loss, update

Gradients = Sequence[tf.Tensor]


class Accumulation(TwoLosses):
    """Makes the steps of a `step.gan.GanModel` over equal parts of each batch, one after another.

    Every update is made once, from the mean of the parts' gradients, so with losses that are means
    the weights become what one step with the whole batch makes of them. Parts differ from the whole
    in what is not a mean over pictures: noise of entropy models, the power iteration of spectral
    norm (one per part), the gradient ratio of adaptive weights.
    """

    def _accumulated_step(self, pictures: tf.Tensor, own: Sequence[tf.Tensor] = ()) -> Figures:
        """Makes a train step over `accumulate` parts of the batch.

        own: pictures of each discriminator step, where they have their own.
        """
        names: list[str] = []
        for number in range(self.d_steps if self.discriminators else 0):
            batch, draw = (own[number], number + 1) if own else (pictures, 0)
            # The discriminators' figures are those of their last step.
            noted = names if number == self.d_steps - 1 else None
            judge = functools.partial(self._judge_part, number, draw, noted)
            gradients = self._mean_gradients(batch, judge, self.discriminator_variables)
            norm = update(self.d_optimizer, gradients, self.discriminator_variables)
            self._note({"d_gradient": norm}, noted)
        compress = functools.partial(self._compress_part, names)
        gradients = self._mean_gradients(pictures, compress, self.trained_variables)
        norm = update(self.g_optimizer, gradients, self.trained_variables)
        self._note({"gradient": norm}, names)
        return {name: self.trackers[name].result() for name in names}

    def _judge_part(
        self, number: int, draw: int, noted: list[str] | None, part: tf.Tensor
    ) -> Gradients:
        """Returns the discriminators' gradients for a part of the batch, in their step `number`."""
        output = self.run_codec(part, draw)
        with tf.GradientTape() as tape:
            loss, figures = self.discriminator_loss(part, output, number)
            scaled = scaled_loss(self.d_optimizer, loss)
        self._note(figures, noted)
        return tape.gradient(scaled, self.discriminator_variables)

    def _compress_part(self, noted: list[str], part: tf.Tensor) -> Gradients:
        """Returns the codec's gradients for a part of the batch."""
        with tf.GradientTape(persistent=True) as tape:
            loss, figures = self.generator_loss(part, self.run_codec(part, 0), tape)
            scaled = scaled_loss(self.g_optimizer, loss)
        self._note(figures, noted)
        return tape.gradient(scaled, self.trained_variables)

    def _mean_gradients(
        self,
        pictures: tf.Tensor,
        gradients_of: Callable[[tf.Tensor], Gradients],
        variables: Sequence[tf.Variable],
    ) -> Gradients:
        """Returns the mean of the parts' gradients; zeros for variables that no loss depends on.

        `self.part` tells the random numbers of a step which part it is at.
        """
        parts = tf.stack(tf.split(pictures, self.accumulate))

        def add(number: tf.Tensor, *total: tf.Tensor) -> tuple[tf.Tensor, ...]:
            self.part = number
            found = gradients_of(parts[number])
            share = [0.0 if g is None else g / self.accumulate for g in found]
            return (number + 1, *(t + s for t, s in zip(total, share)))

        zeros = [tf.zeros_like(variable) for variable in variables]
        # One after another: side by side they would take the memory of the whole batch.
        _, *total = tf.while_loop(
            lambda number, *_: number < self.accumulate, add, (0, *zeros), parallel_iterations=1
        )
        self.part = 0
        return total

    def _note(self, figures: Figures, names: list[str] | None) -> None:
        """Adds figures to the running means, and their names to a list; to neither without one."""
        if names is not None:
            self.track(figures)
            names.extend(name for name in figures if name not in names)
