"""Up-sampling by convolution and depth-to-space (sub-pixel convolution, Shi et al., 2016)."""

import tensorflow as tf


class SubpixelUpsample(tf.keras.layers.Layer):
    """Convolves to `4 * channels` and rearranges them into a picture twice as large.

    Equals a transposed convolution of kernel `2 * kernel_size` and stride 2, but its TFLite form
    holds no shape constant: the network can be resized to any picture, and XNNPACK runs it several
    times faster. The four phases start from one kernel (ICNR, Aitken et al., 2017), so the layer
    begins as nearest-neighbour interpolation and has no checkerboard to unlearn.
    """

    def __init__(self, channels: int, kernel_size: int = 1, **kwargs):
        super().__init__(**kwargs)
        self.channels = channels
        self.kernel_size = kernel_size
        self.conv = tf.keras.layers.Conv2D(
            4 * channels,
            kernel_size,
            padding="same",
            kernel_initializer=icnr,
            dtype=self.dtype_policy,
        )

    def call(self, x: tf.Tensor) -> tf.Tensor:
        return tf.nn.depth_to_space(self.conv(x), 2)

    def get_config(self) -> dict:
        config = {"channels": self.channels, "kernel_size": self.kernel_size}
        return {**super().get_config(), **config}


def icnr(shape: tuple[int, ...], dtype: tf.DType = tf.float32) -> tf.Tensor:
    """Kernel initialiser: the four sub-pixel phases of each output channel share one kernel.

    `depth_to_space` takes phase `p` of channel `c` from input channel `p * channels + c`.
    """
    *window, cin, cout = shape
    phase = tf.keras.initializers.GlorotUniform()((*window, cin, cout // 4), dtype=dtype)
    return tf.concat([phase] * 4, axis=-1)
