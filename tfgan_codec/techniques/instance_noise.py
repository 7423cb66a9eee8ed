"""Instance noise (Sonderby et al., 2017): discriminators see noisy pictures."""

import tensorflow as tf

from tfgan_codec.techniques.contract import Number, Technique


class InstanceNoise(Technique):
    """Adds normal noise of standard deviation `sigma`, usually a ramp to 0, to pictures in [-1, 1].

    The distributions of real and decoded pictures then overlap, so that a discriminator cannot tell
    them apart with certainty from the first steps on.
    """

    def __init__(self, sigma: Number = 0.1):
        self.sigma = sigma

    def on_verdict(self, pictures: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return pictures + self.sigma * tf.random.stateless_normal(tf.shape(pictures), seed)
