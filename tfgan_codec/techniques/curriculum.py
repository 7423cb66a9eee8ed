"""Curriculum learning (Bengio et al., 2009): the codec is trained on smooth pictures first."""

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.techniques.contract import Number, Technique


class Curriculum(Technique):
    """Trains on one of every `pool` crops that the data gives, easy ones at first.

    At `difficulty` 0 a step has the easiest crops that were read for it; at 1 any of them, as
    without a curriculum; between, any of an easiest share. A crop is difficult if neighbouring
    pixels differ, which goes with the bits that it costs. The choice depends on the crops of the
    step alone, so runs resume exactly; the price is reading `pool` times as many crops.
    """

    def __init__(self, pool: int = 2, difficulty: Number = 1.0):
        if pool < 2:
            raise UsageError(f"curriculum: pool must be 2 or more, not {pool}")
        self.reads = self.pool = pool
        self.difficulty = difficulty

    def on_batch(self, pictures: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        count = pictures.shape[0]
        if count is None or count % self.pool:
            raise UsageError(
                f"curriculum needs batches of a fixed multiple of {self.pool}, not of {count}"
            )
        batch = count // self.pool
        rank = tf.argsort(tf.argsort(gradient_energy(pictures)))
        admitted = batch + tf.cast(tf.round(self.difficulty * (count - batch)), tf.int32)
        # The crops come in random order, so the first of the admitted ones are any of them.
        chosen = tf.argsort(tf.cast(rank >= admitted, tf.int32), stable=True)[:batch]
        return tf.ensure_shape(tf.gather(pictures, chosen), [batch, *pictures.shape[1:]])


def gradient_energy(pictures: tf.Tensor) -> tf.Tensor:
    """Returns the mean squared difference of neighbouring pixels of each picture, [batch]."""
    x = tf.cast(pictures, tf.float32)
    pairs = ((x[:, 1:], x[:, :-1]), (x[:, :, 1:], x[:, :, :-1]))
    return tf.add_n([tf.reduce_mean(tf.square(a - b), axis=(1, 2, 3)) for a, b in pairs])
