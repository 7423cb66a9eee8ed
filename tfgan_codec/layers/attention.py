"""The channel-spatial attention block of the adversarial hyperprior codec (Yang et al., CLIC 2020).

The channel attention pools over the whole picture, its padding included. A network with such blocks
therefore has to see a picture in one piece: cut into tiles it would show seams, because each tile
would get weights of its own. Encoder and decoder agree, since both see the padded picture.
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.layers.gdn import gdn
from tfgan_codec.layers.reach import Convolving, Window

Constant = tf.keras.initializers.Constant
# Gates start nearly open. Two gates that start at 1/2 would quarter the signal in every block, and
# after a few stages all latents would round to zero. The paper does not say how they start.
_OPEN = 3.0


class ChannelAttention(tf.keras.layers.Layer):
    """Weights channels: `x * sigmoid(W1 W0 mean(x) + W1 W0 max(x))` (Eq. 1 and 3), x [n, h, w, C].

    Mean and maximum are over rows and columns and share W0 and W1. As in CBAM (Woo et al., 2018),
    whose module the paper names, W0 gives C / `ratio` channels and ReLU follows it; the paper shows
    neither.
    """

    def __init__(self, channels: int, ratio: int = 16, **kwargs):
        super().__init__(**kwargs)
        self.reduce = tf.keras.layers.Dense(max(1, channels // ratio), activation="relu")
        self.expand = tf.keras.layers.Dense(channels, bias_initializer=Constant(0.5 * _OPEN))

    def call(self, x: tf.Tensor) -> tf.Tensor:
        mean = tf.reduce_mean(x, axis=(1, 2), keepdims=True)
        largest = tf.reduce_max(x, axis=(1, 2), keepdims=True)
        return x * tf.sigmoid(self.expand(self.reduce(mean)) + self.expand(self.reduce(largest)))


class SpatialAttention(tf.keras.layers.Layer):
    """Weights positions: `x * sigmoid(conv5x5([mean(x); max(x)]))` over channels (Eq. 2 and 3)."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.conv = tf.keras.layers.Conv2D(1, 5, padding="same", bias_initializer=Constant(_OPEN))

    def call(self, x: tf.Tensor) -> tf.Tensor:
        mean = tf.reduce_mean(x, axis=-1, keepdims=True)
        largest = tf.reduce_max(x, axis=-1, keepdims=True)
        return x * tf.sigmoid(self.conv(tf.concat([mean, largest], axis=-1)))


class AttentionBlock(Convolving):
    """Applies residual blocks, then channel and spatial attention ("CSAB" in the paper, Fig. 2).

    A residual block is `x + conv(GDN(conv(x)))` with 3x3 convolutions, without batch normalisation
    and without an activation after the addition. The second kernel starts small: IGDN squares what
    it gets, and a stack of blocks has to begin near the identity to train.

    Args:
        channels: of input, output and everything between.
        blocks: number of residual blocks; the paper does not say how many.
        inverse: whether to use IGDN in place of GDN, as decoders do.
        ratio: see `ChannelAttention`; 0 leaves both attentions out, the ablation with plain blocks.
    """

    def __init__(
        self, channels: int, blocks: int = 3, inverse: bool = False, ratio: int = 16, **kwargs
    ):
        super().__init__(**kwargs)
        if ratio < 0:
            raise UsageError(f"the channel attention's ratio must be at least 0, not {ratio}")

        def conv(scale: float = 1.0) -> tf.keras.layers.Conv2D:
            start = tf.keras.initializers.VarianceScaling(scale, "fan_avg", "uniform")
            return tf.keras.layers.Conv2D(channels, 3, padding="same", kernel_initializer=start)

        self.first = [conv() for _ in range(blocks)]
        self.normalise = [gdn(inverse) for _ in range(blocks)]
        self.second = [conv(scale=0.1) for _ in range(blocks)]
        self.attentions: list[tf.keras.layers.Layer] = []
        if ratio:
            self.attentions = [ChannelAttention(channels, ratio), SpatialAttention()]

    def call(self, x: tf.Tensor) -> tf.Tensor:
        for first, normalise, second in zip(self.first, self.normalise, self.second):
            x += second(normalise(first(x)))
        for attention in self.attentions:
            x = attention(x)
        return x

    def windows(self) -> list[Window]:
        # The channel attention pools.
        return [Window(kernel=0)] if self.attentions else 2 * len(self.first) * [Window(kernel=3)]
