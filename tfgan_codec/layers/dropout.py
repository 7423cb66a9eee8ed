"""Dropout (Srivastava et al., 2014) that drops the same activations when a run is resumed."""

import tensorflow as tf


class CountedDropout(tf.keras.layers.Layer):
    """Drops a share `rate` of activations, by a mask that depends on `salt` and a count of calls.

    The count of calls with `training=True` is a weight and so is saved; Keras' own layer draws from
    a generator that is not. Calls with `training=False` (generator steps, gradient penalties) drop
    nothing. All replicas drop the same places.
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
