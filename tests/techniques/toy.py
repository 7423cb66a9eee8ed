"""A codec and a discriminator of a few weights, so that what a step did can be followed."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_codec import losses
from tfgan_codec.discriminators.contract import Discriminator, DiscriminatorOutput
from tfgan_codec.losses import adversarial
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.step.gan import GanModel


class ToyCodec(GanModel):
    """`gain * pictures`; one bit per picture."""

    def build_weights(self) -> None:
        if not self.weights:
            self.gain = self.add_weight("gain", (), initializer="ones")

    def call(self, pictures, training=False, *, quality=None, seed=None) -> CodecOutput:
        x = tf.cast(pictures, tf.float32)
        bits = {"y": tf.ones([tf.shape(x)[0]])}
        return CodecOutput(self.gain * x, bits, x[:, ::16, ::16, :1], tf.zeros([tf.shape(x)[0]]))


class ToyDiscriminator(Discriminator):
    """`slope * mean(x) + offset`; remembers what it was shown."""

    def __init__(self):
        super().__init__()
        self.slope = self.add_weight("slope", (), initializer="ones")
        self.offset = self.add_weight("offset", (), initializer="zeros")
        self.seen: list[tf.Tensor] = []

    def call(self, pictures, latents=None, training=False) -> DiscriminatorOutput:
        if tf.executing_eagerly():
            self.seen.append(pictures)
        mean = tf.reduce_mean(pictures, axis=(1, 2, 3))
        return DiscriminatorOutput((self.slope * mean + self.offset,), ((pictures,),))


def toy(**changes) -> ToyCodec:
    """Compiled; both sides learn by plain gradient descent of rate 0.1."""
    model = ToyCodec()
    sgd = tf.keras.optimizers.SGD
    settings = {
        "g_optimizer": sgd(0.1, use_ema=True),
        "d_optimizer": sgd(0.1, use_ema=True),
        "discriminator": ToyDiscriminator(),
        "adversarial": adversarial.build("wgan"),
        "losses": losses.build(["mse:weight=1e-4"]),
        **changes,
    }
    model.compile(run_eagerly=True, **settings)
    return model


def noise(batch: int = 2, size: int = 64, seed: int = 0) -> tf.Tensor:
    random = np.random.default_rng(seed)
    return tf.constant(random.uniform(0, 255, (batch, size, size, 3)), tf.float32)
