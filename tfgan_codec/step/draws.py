"""Draws the random numbers of a step, and averages over replicas."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.step.state import State

# Keep random numbers of a step apart: those of each replica, part of a batch, and technique.
_REPLICA_SALT, _PART_SALT, _TECHNIQUE_SALT = 7919, 60_013, 15_485_863


class Draws(State):
    """Gives a `tf.keras.Model` stateless random numbers, keyed by `g_optimizer.iterations`.

    The model has `random_seed`, `accumulate` (into how many parts a batch is cut) and `part` (the
    number of the present one). Numbers for pictures are one draw for the whole batch, of which each
    replica and part takes its share: however a batch is divided, its pictures get the same.
    """

    def _uniform(self, count: tf.Tensor, salt: int) -> tf.Tensor:
        """Returns [count] numbers in [0, 1): this replica's and part's share of a draw for all."""
        parts = self.accumulate
        draw = tf.random.stateless_uniform([count * parts * self._replicas], self._seed(salt))
        start = (self._replica * parts + self.part) * count
        return tf.slice(draw, [start], [count])

    def _seed(self, salt: int) -> tf.Tensor:
        return tf.stack([tf.cast(self.g_optimizer.iterations, tf.int32), self.random_seed + salt])

    def _own_seed(self, salt: int) -> tf.Tensor:
        """Returns a seed [2] for noise, another one on each replica and in each part of a batch."""
        own = self._replica * _REPLICA_SALT + self.part * _PART_SALT
        return self._seed(salt) + tf.stack([0, own])

    def _technique_seed(self, number: int) -> tf.Tensor:
        return self._own_seed(_TECHNIQUE_SALT + number)

    def _over_replicas(self, value: tf.Tensor) -> tf.Tensor:
        """Returns the mean of the replicas' values."""
        if self._replicas == 1:
            return value
        return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.MEAN, value)

    @property
    def _replicas(self) -> int:
        return self.distribute_strategy.num_replicas_in_sync

    @property
    def _replica(self) -> tf.Tensor | int:
        context = tf.distribute.get_replica_context()
        return 0 if context is None else context.replica_id_in_sync_group
