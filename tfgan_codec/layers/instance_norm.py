"""Instance normalisation (Ulyanov et al., 2016)."""

import tensorflow as tf


class InstanceNorm(tf.keras.layers.Layer):
    """Computes `gamma * (x - mean) / sqrt(variance + 1e-5) + beta`, with the moments of each
    channel over all positions of one picture, in float32."""

    def build(self, shape: tf.TensorShape):
        self.gamma = self.add_weight("gamma", (shape[-1],), initializer="ones")
        self.beta = self.add_weight("beta", (shape[-1],), initializer="zeros")

    def call(self, x: tf.Tensor) -> tf.Tensor:
        values = tf.cast(x, tf.float32)
        mean, variance = tf.nn.moments(values, axes=(1, 2), keepdims=True)
        gamma, beta = tf.cast(self.gamma, tf.float32), tf.cast(self.beta, tf.float32)
        normal = (values - mean) * tf.math.rsqrt(variance + 1e-5)
        return tf.cast(normal * gamma + beta, x.dtype)
