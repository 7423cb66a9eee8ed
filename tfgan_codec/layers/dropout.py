"""Dropout (Srivastava et al., 2014) that a resumed run repeats."""

import tensorflow as tf


class CountedDropout(tf.keras.layers.Layer):
    """Dropout whose masks are functions of `salt` and of how often it was used in training.

    The count is a weight and so is saved; Keras' layer draws from a generator that is not. Calls
    with `training=False`, the codec's and those of penalties, see all activations. All replicas
    drop the same places.
    """

    def __init__(self, rate: float, salt: int, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.salt = salt

    def build(self, _):
        self.count = self.add_weight(
            "count",
            (),
            initializer="zeros",
            trainable=False,
            dtype=tf.int32,
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
        )

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        if not training:
            return x
        seed = tf.stack([self.count, self.salt])
        self.count.assign_add(1)
        return tf.nn.experimental.stateless_dropout(x, self.rate, seed)
