"""Defines the adversarial hyperprior codec's post-processing, which any codec here can use."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.layers.reach import Convolving, Window
from tfgan_codec.layers.widths import scale_filters

_FILTERS = 64
_SCALING = 0.1


class PostProcessing(Convolving):
    """Improves decoded pictures x by `x + conv(blocks(conv(x)))`, all 3x3, as Fig. 3 shows.

    It is like EDSR (Lim et al., 2017): a residual block is `x + 0.1 conv(relu(conv(x)))`, without
    batch normalisation. We take the paper's global skip from picture to picture, and the last
    kernel starts at zero: the network begins as the identity, so that it can be trained alone on a
    finished codec. The paper gives 20 blocks; that there are 64 filters follows from the sizes of
    its decoders. It has 1,480,643 parameters.
    """

    def __init__(self, width: float = 1.0, blocks: int = 20, **kwargs):
        super().__init__(autocast=False, **kwargs)  # the skip keeps the picture's float32
        self.blocks = blocks
        filters = scale_filters(_FILTERS, width)

        def conv(**options) -> tf.keras.layers.Conv2D:
            return tf.keras.layers.Conv2D(filters, 3, padding="same", **options)

        self.head = conv()
        self.first = [conv(activation="relu") for _ in range(blocks)]
        self.second = [conv() for _ in range(blocks)]
        # float32, as bfloat16 has fewer steps than a picture has levels.
        self.tail = tf.keras.layers.Conv2D(
            3, 3, padding="same", kernel_initializer="zeros", dtype="float32"
        )

    def call(self, x: tf.Tensor) -> tf.Tensor:
        y = self.head(x)
        for first, second in zip(self.first, self.second):
            y += _SCALING * second(first(y))
        return x + self.tail(y)

    def windows(self) -> list[Window]:
        return [Window(3)] * (2 * self.blocks + 2)
