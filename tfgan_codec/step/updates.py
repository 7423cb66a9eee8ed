"""Updates weights by a loss, with loss scaling in float16 and on several replicas."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf


def scaled_loss(optimizer: tf.keras.optimizers.Optimizer, loss: tf.Tensor) -> tf.Tensor:
    """Returns what to differentiate in place of the loss: it, or scaled up under float16."""
    return optimizer.get_scaled_loss(loss) if _scales(optimizer) else loss


def update(
    optimizer: tf.keras.optimizers.Optimizer,
    gradients: Sequence[tf.Tensor | None],
    variables: Sequence[tf.Variable],
) -> tf.Tensor:
    """Makes one optimizer step with the gradients of `scaled_loss`, summed over replicas.

    Returns the norm of their sum, before clipping.
    """
    pairs = [(g, v) for g, v in zip(gradients, variables) if g is not None]
    found = [gradient for gradient, _ in pairs]
    if _scales(optimizer):
        found = optimizer.get_unscaled_gradients(found)
    context = tf.distribute.get_replica_context()
    if context is not None and context.num_replicas_in_sync > 1:
        found = context.all_reduce(tf.distribute.ReduceOp.SUM, found)
    changed = [variable for _, variable in pairs]
    optimizer.apply_gradients(zip(found, changed), skip_gradients_aggregation=True)
    norm = tf.linalg.global_norm(found)
    # Where float16 overflows, the optimizer leaves the step out and lowers its scale.
    return tf.where(tf.math.is_finite(norm), norm, 0.0) if _scales(optimizer) else norm


def steps_of(optimizer: tf.keras.optimizers.Optimizer) -> int:
    """Returns how many steps an optimizer has made, under any `tf.distribute` strategy."""
    return int(tf.keras.backend.get_value(optimizer.iterations))


def _scales(optimizer: tf.keras.optimizers.Optimizer) -> bool:
    return isinstance(optimizer, tf.keras.mixed_precision.LossScaleOptimizer)
