"""Unrolled discriminator (Metz et al., 2017), first order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.techniques.contract import Technique


class Unrolled(Technique):
    """Trains discriminators for `steps` further steps, lets them judge the codec, and undoes these.

    The extra steps are ordinary ones, with the discriminators' optimizer, on the same pictures;
    afterwards weights and optimizer are what they were. Metz et al. also differentiate through
    these steps. That part of the gradient is left out here (their Eq. 10 without its second term):
    it would need discriminators as functions of their weights, which Keras 2.14 does not offer.
    """

    def __init__(self, steps: int = 3):
        if steps < 1:
            raise UsageError(f"unrolled: steps must be 1 or more, not {steps}")
        self.steps = steps

    def look_ahead(
        self, discriminator_step: Callable[[int], None], variables: Sequence[tf.Variable]
    ) -> Callable[[], None]:
        if tf.distribute.get_strategy().num_replicas_in_sync > 1:
            raise UsageError("unrolled works on one device only: leave it out, or use one")
        saved = [tf.identity(variable) for variable in variables]
        for number in range(self.steps):
            discriminator_step(number)

        def take_back() -> None:
            for variable, value in zip(variables, saved):
                variable.assign(value)

        return take_back
