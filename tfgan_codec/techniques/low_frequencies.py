"""Task simplification: the codec learns low frequencies first."""

import tensorflow as tf

from tfgan_codec.techniques.contract import Number, Technique


class LowFrequencies(Technique):
    """Makes the codec's losses compare with pictures blurred by a Gaussian of `sigma` pixels.

    With a ramp to 0 the codec learns coarse structure first. Its input, and what discriminators
    judge, stays sharp.
    """

    def __init__(self, sigma: Number = 2.0):
        self.sigma = sigma

    def on_target(self, pictures: tf.Tensor) -> tf.Tensor:
        rows, columns = (_gaussian(side, self.sigma) for side in pictures.shape[1:3])
        return tf.einsum("ph,nhwc,qw->npqc", rows, tf.cast(pictures, tf.float32), columns)


def _gaussian(side: int, sigma: Number) -> tf.Tensor:
    """Returns a matrix [side, side] that blurs; rows sum to 1, and sigma 0 gives the identity."""
    places = tf.range(side, dtype=tf.float32)
    sigma = tf.convert_to_tensor(sigma, tf.float32)
    distance = (places[:, None] - places[None, :]) / tf.maximum(sigma, 1e-2)
    weights = tf.exp(-0.5 * tf.square(distance))
    return weights / tf.reduce_sum(weights, axis=1, keepdims=True)
