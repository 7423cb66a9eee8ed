"""Accumulates gradients, for large batches in the memory of small ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import tensorflow as tf

from tfgan_codec.step.updates import scaled_loss, update

if TYPE_CHECKING:
    from tfgan_codec.step.gan import Figures, GanModel

Gradients = Sequence[tf.Tensor]


def accumulated_step(
    model: GanModel, pictures: tf.Tensor, own: Sequence[tf.Tensor] = ()
) -> Figures:
    """Makes a train step over `model.accumulate` equal parts of the batch, one after another.

    Every update is made once, from the mean of the parts' gradients, so with losses that are means
    over pictures the weights become what one step with the whole batch makes of them. What is not
    such a mean differs: noise of entropy models, the power iteration of spectral norm (one per
    part), the gradient ratio of adaptive weights.

    pictures: [batch, height, width, 3]. own: with `own_batches`, those of each discriminator step.
    """
    seen: dict[str, None] = {}
    last = model.d_steps - 1  # the discriminators' figures are those of their last step

    def track(figures: Figures) -> None:
        seen.update(dict.fromkeys(figures))
        model.track(figures)

    if model.discriminators:
        for number in range(model.d_steps):

            def judge(part: tf.Tensor, number: int = number) -> Gradients:
                output = model.run_codec(part, number + 1 if own else 0)
                with tf.GradientTape() as tape:
                    loss, figures = model.discriminator_loss(part, output, number)
                    scaled = scaled_loss(model.d_optimizer, loss)
                if number == last:
                    track(figures)
                return tape.gradient(scaled, model.discriminator_variables)

            variables = model.discriminator_variables
            gradients = _mean(model, own[number] if own else pictures, judge, variables)
            norm = update(model.d_optimizer, gradients, variables)
            if number == last:
                track({"d_gradient": norm})

    def compress(part: tf.Tensor) -> Gradients:
        with tf.GradientTape(persistent=True) as tape:
            loss, figures = model.generator_loss(part, model.run_codec(part, 0), tape)
            scaled = scaled_loss(model.g_optimizer, loss)
        track(figures)
        return tape.gradient(scaled, model.trained_variables)

    gradients = _mean(model, pictures, compress, model.trained_variables)
    track({"gradient": update(model.g_optimizer, gradients, model.trained_variables)})
    return {name: model.trackers[name].result() for name in seen}


def _mean(
    model: GanModel,
    pictures: tf.Tensor,
    gradients_of: Callable[[tf.Tensor], Gradients],
    variables: Sequence[tf.Variable],
) -> Gradients:
    """Returns the mean of the parts' gradients; 0 for variables that the loss does not reach."""
    count = model.accumulate
    parts = tf.stack(tf.split(pictures, count))

    def add(number: tf.Tensor, *total: tf.Tensor) -> tuple[tf.Tensor, ...]:
        model.part = number
        found = gradients_of(parts[number])
        share = [0.0 if g is None else g / count for g in found]
        return (number + 1, *(t + s for t, s in zip(total, share)))

    zeros = [tf.zeros_like(variable) for variable in variables]
    # One after another: side by side they would take the memory of the whole batch.
    _, *total = tf.while_loop(
        lambda number, *_: number < count, add, (0, *zeros), parallel_iterations=1
    )
    model.part = 0
    return total
