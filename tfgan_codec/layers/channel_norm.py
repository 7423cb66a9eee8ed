"""ChannelNorm (Mentzer et al., 2020): normalises each position over its channels."""

import tensorflow as tf


class ChannelNorm(tf.keras.layers.Layer):
    """Computes `alpha * (x - mean) / sqrt(variance + 1e-3) + beta` over the channels of each pixel.

    As in HiFiC's code the variance divides by C - 1, and no gradient flows through the mean in it.
    Unlike batch or instance normalisation the result does not depend on other positions, so
    pictures of any size, and tiles of them, come out alike. It is computed in float32.

    Args:
        start: the initial value of alpha.
    """

    def __init__(self, start: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start
        self.epsilon = 1e-3

    def build(self, shape: tf.TensorShape):
        channels = (int(shape[-1]),)
        start = tf.keras.initializers.Constant(self.start)
        self.alpha = self.add_weight("alpha", channels, initializer=start)
        self.beta = self.add_weight("beta", channels, initializer="zeros")

    def call(self, x: tf.Tensor) -> tf.Tensor:
        values = tf.cast(x, tf.float32)
        mean = tf.reduce_mean(values, axis=-1, keepdims=True)
        squares = tf.square(values - tf.stop_gradient(mean))
        variance = tf.reduce_sum(squares, axis=-1, keepdims=True) / max(int(x.shape[-1]) - 1, 1)
        normal = (values - mean) * tf.math.rsqrt(variance + self.epsilon)
        alpha, beta = tf.cast(self.alpha, tf.float32), tf.cast(self.beta, tf.float32)
        return tf.cast(normal * alpha + beta, x.dtype)
