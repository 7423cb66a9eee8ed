"""Spectral normalisation (Miyato et al., 2018) that does not overwrite the kernel."""

import tensorflow as tf


class SpectralConv2D(tf.keras.layers.Conv2D):
    """Convolves with the kernel divided by its largest singular value.

    The singular value comes from one step of the power iteration on the kernel as a matrix
    [kh * kw * in, out], starting from the stored vector `u` [1, out]. Only calls with
    `training=True` store the new `u`, so that generator steps (which call discriminators with
    `training=False`) leave the discriminator bit for bit as it was. Keras'
    `SpectralNormalization` assigns the kernel itself at each training call, and cannot.
    """

    def build(self, shape: tf.TensorShape):
        super().build(shape)
        # Every replica computes the same u from the same kernel, so any one of them will do.
        self.u = self.add_weight(
            "u",
            (1, self.filters),
            initializer=tf.keras.initializers.RandomNormal(),
            trainable=False,
            dtype=tf.float32,
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
            experimental_autocast=False,
        )

    def normalized_kernel(self, update: bool) -> tf.Tensor:
        """Returns kernel / sigma in float32; with `update`, stores the power iteration's new u."""
        kernel = tf.cast(self.kernel, tf.float32)
        matrix = tf.reshape(kernel, [-1, self.filters])
        constant = tf.stop_gradient(matrix)
        v = tf.math.l2_normalize(tf.matmul(self.u, constant, transpose_b=True))
        u = tf.math.l2_normalize(tf.matmul(v, constant))
        if update:
            self.u.assign(u)
        sigma = tf.matmul(tf.matmul(v, matrix), u, transpose_b=True)
        return kernel / sigma[0, 0]

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        kernel = tf.cast(self.normalized_kernel(update=training), x.dtype)
        return self.activation(tf.nn.bias_add(self.convolution_op(x, kernel), self.bias))
