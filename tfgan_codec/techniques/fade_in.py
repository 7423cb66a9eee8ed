"""Progressive resolution with fade-in (ProGAN, Karras et al., 2018)."""

import tensorflow as tf

from tfgan_codec.techniques.contract import Number, Technique


class FadeIn(Technique):
    """Removes detail finer than `2^level` pixels: level 2 leaves a quarter of the resolution.

    Between whole levels the two pictures are mixed, which is what ProGAN shows its discriminator
    while a new resolution fades in. ProGAN also adds layers with each resolution. The codecs here
    are fully convolutional with one output, so the size of their crops grows instead:
    `--phase=...:shrink=2` trains on pictures of half the size, `:fade=0.1` fades in the next size.

    Args:
        level: how much detail to remove, usually a ramp down to 0.
        most: the largest level that will occur, at least 1.
    """

    def __init__(self, level: Number = 0.0, most: int = 1):
        self.level = level
        self.most = most

    def on_batch(self, pictures: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        pictures = tf.cast(pictures, tf.float32)
        pyramid = [pictures, *(coarse(pictures, 2**i) for i in range(1, self.most + 1))]
        shares = [tf.nn.relu(1.0 - tf.abs(self.level - i)) for i in range(self.most + 1)]
        return tf.add_n([share * picture for share, picture in zip(shares, pyramid)])


def coarse(pictures: tf.Tensor, factor: int) -> tf.Tensor:
    """Returns pictures shrunk by `factor` and enlarged again by repeating pixels, float32."""
    return tf.repeat(tf.repeat(shrunk(pictures, factor), factor, axis=1), factor, axis=2)


def shrunk(pictures: tf.Tensor, factor: int) -> tf.Tensor:
    """Returns pictures shrunk to the means of `factor` x `factor` pixels, float32."""
    return tf.nn.avg_pool2d(tf.cast(pictures, tf.float32), factor, factor, "VALID")
