"""Historical averaging (Salimans et al., 2016): weights are pulled to their average so far."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.techniques.contract import Number, Technique


class HistoricalAveraging(Technique):
    """Adds `weight * |w - average of w|^2` to the losses of the codec and of the discriminators.

    This damps weights w that circle around an equilibrium. The average is the optimizer's own
    exponential one (`use_ema=True`), which is saved with it; the paper's counts all steps alike.
    """

    averages = True

    def __init__(self, weight: Number = 1e-3):
        self.weight = weight

    def weight_loss(
        self, optimizer: tf.keras.optimizers.Optimizer, variables: Sequence[tf.Variable]
    ) -> tf.Tensor:
        distances = [tf.square(v - average) for v, average in averages_of(optimizer, variables)]
        return self.weight * tf.add_n([tf.reduce_sum(distance) for distance in distances])


def averages_of(
    optimizer: tf.keras.optimizers.Optimizer, variables: Sequence[tf.Variable]
) -> list[tuple[tf.Variable, tf.Variable]]:
    """Pairs variables with the optimizer's averages, for which Keras has no public name."""
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    if not optimizer.use_ema:
        raise UsageError(
            "historical_averaging needs averaged weights: optimizers with use_ema=True"
        )
    places = [optimizer._index_dict[optimizer._var_key(v)] for v in variables]
    averages = optimizer._model_variables_moving_average
    return [(v, averages[place]) for v, place in zip(variables, places)]
