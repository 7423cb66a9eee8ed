"""The smoothness loss of MobileViT-GAN (Eq. 2)."""

import tensorflow as tf

from tfgan_codec.losses.contract import CodecOutput, LossValue


def smoothness(pictures: tf.Tensor, delta: int = 1, diagonal: bool = False) -> tf.Tensor:
    """Returns the squared differences of pixels `delta` apart, summed over channels and divided by
    the number of pixels, [batch]. The loss below gives it pictures in [0, 1].

    By default horizontal and vertical neighbours are compared, as the paper's text says; `diagonal`
    compares (j, k) with (j + delta, k + delta), as its formula is printed.
    """
    pixels = float(pictures.shape[1] * pictures.shape[2])
    if diagonal:
        pairs = [(pictures[:, delta:, delta:], pictures[:, :-delta, :-delta])]
    else:
        pairs = [
            (pictures[:, delta:], pictures[:, :-delta]),
            (pictures[:, :, delta:], pictures[:, :, :-delta]),
        ]
    sums = [tf.reduce_sum(tf.square(a - b), axis=(1, 2, 3)) for a, b in pairs]
    return tf.add_n(sums) / pixels


class Smoothness:
    """Is `weight` (lambda_4) times the smoothness of the reconstruction, scaled to [0, 1]."""

    names = ("smoothness",)

    def __init__(self, weight: float = 5.0, delta: int = 1, diagonal: bool = False):
        self.weight = weight
        self.delta = delta
        self.diagonal = diagonal

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        value = smoothness(output.reconstruction / 255.0, self.delta, self.diagonal)
        return LossValue(self.weight * value, {"smoothness": value})
