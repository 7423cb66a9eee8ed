"""The decoder's trunk in HiFiC: residual blocks with ChannelNorm inside one long skip."""

import tensorflow as tf

from tfgan_codec.layers.channel_norm import ChannelNorm
from tfgan_codec.layers.reach import Convolving, Window


class ResidualTrunk(Convolving):
    """Computes `x + blocks(x)`; a block is `x + CN(conv(relu(CN(conv(x)))))`, convolutions 3x3.

    Args:
        channels: of input and output.
        blocks: number of blocks.
        start: initial factor (alpha) of each block's second ChannelNorm, CN.
    """

    def __init__(self, channels: int, blocks: int, start: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.channels = channels
        self.blocks = blocks
        self.convolutions = [
            tf.keras.layers.Conv2D(channels, 3, padding="same") for _ in range(2 * blocks)
        ]
        self.norms = [ChannelNorm(start if i % 2 else 1.0) for i in range(2 * blocks)]

    def call(self, x: tf.Tensor) -> tf.Tensor:
        y = x
        for first in range(0, 2 * self.blocks, 2):
            z = tf.nn.relu(self.norms[first](self.convolutions[first](y)))
            y += self.norms[first + 1](self.convolutions[first + 1](z))
        return x + y

    def windows(self) -> list[Window]:
        return [Window(3)] * (2 * self.blocks)
