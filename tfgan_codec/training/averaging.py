"""Uses the exponential moving average of a codec's weights, which Keras' optimizers keep."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import tensorflow as tf


@contextlib.contextmanager
def averaged_weights(model: tf.keras.Model) -> Iterator[None]:
    """Gives a codec, inside `with`, the averaged weights if its `g_optimizer` keeps any."""
    optimizer = getattr(model.g_optimizer, "inner_optimizer", model.g_optimizer)
    if not optimizer.use_ema:
        yield
        return
    weights = model.trainable_variables
    trained = [tf.identity(weight) for weight in weights]
    optimizer.finalize_variable_values(weights)
    try:
        yield
    finally:
        for weight, value in zip(weights, trained):
            weight.assign(value)
