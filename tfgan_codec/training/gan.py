"""The project's only `train_step`."""

from collections.abc import Sequence

import tensorflow as tf

from tfgan_codec.layers.gains import QUALITIES
from tfgan_codec.losses.contract import Loss


class GanModel(tf.keras.Model):
    """Base of every codec: `compile`, `train_step`, `test_step` and `metrics`.

    A step is a pure function of weights, batch and `g_optimizer.iterations`: qualities and noise
    come from stateless random numbers keyed by the step. Resumed runs repeat themselves exactly and
    the step can be exported to XLA.

    compile:
        g_optimizer: minimises `losses` over the codec's weights. Only an optimizer called
            `optimizer` is wrapped for loss scaling by Keras 2.14, so float16 policies need one that
            is wrapped by the caller.
        losses: objects of `losses.contract.Loss`; their totals are added.
        random_seed: changes all random numbers of the run.
    """

    def compile(
        self,
        g_optimizer: tf.keras.optimizers.Optimizer,
        losses: Sequence[Loss],
        random_seed: int = 0,
        **kwargs,
    ):
        super().compile(**kwargs)
        self.g_optimizer = g_optimizer
        self.codec_losses = list(losses)
        self.random_seed = random_seed
        self.trackers: dict[str, tf.keras.metrics.Mean] = {}

    @property
    def metrics(self) -> list[tf.keras.metrics.Metric]:
        """Keras resets these at the start of each epoch."""
        return list(self.trackers.values())

    def train_step(self, pictures: tf.Tensor) -> dict[str, tf.Tensor]:
        seed = tf.stack([tf.cast(self.g_optimizer.iterations, tf.int32), self.random_seed])
        quality = tf.random.stateless_uniform(
            [tf.shape(pictures)[0]], seed, 0.0, float(QUALITIES - 1)
        )
        with tf.GradientTape() as tape:
            output = self(pictures, quality=quality, seed=seed, training=True)
            loss, parts = self._total(pictures, output)
        variables = self.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.g_optimizer.apply_gradients(zip(gradients, variables))
        return self._track({"loss": loss, **parts})

    def test_step(self, pictures: tf.Tensor) -> dict[str, tf.Tensor]:
        """Real rounding, qualities spread evenly over the batch."""
        quality = tf.linspace(0.0, float(QUALITIES - 1), tf.shape(pictures)[0])
        seed = tf.zeros([2], tf.int32)
        output = self(pictures, quality=quality, seed=seed, training=False)
        loss, parts = self._total(pictures, output)
        return self._track({"loss": loss, **parts})

    def _total(self, pictures: tf.Tensor, output) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        values = [loss(pictures, output) for loss in self.codec_losses]
        parts = {name: part for value in values for name, part in value.parts.items()}
        return tf.reduce_mean(tf.add_n([value.total for value in values])), parts

    def _track(self, figures: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        for name, value in figures.items():
            if name not in self.trackers:
                self.trackers[name] = tf.keras.metrics.Mean(name)
            self.trackers[name].update_state(value)
        return {name: self.trackers[name].result() for name in figures}
