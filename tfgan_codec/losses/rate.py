"""Losses on the rate: MobileViT-GAN's entropy, and HiFiC's rate target."""

import tensorflow as tf

from tfgan_codec.losses.contract import CodecOutput, LossValue


class Entropy:
    """Is `weight` (lambda_3) times the bits per latent: L_entropy in MobileViT-GAN's Eq. 4, 6."""

    names = ("entropy", "bpp")

    def __init__(self, weight: float = 1.0):
        self.weight = weight

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        bits = tf.add_n(list(output.bits.values()))
        elements = tf.cast(tf.size(output.latents[0]), tf.float32)
        parts = {"entropy": bits / elements, "bpp": _bpp(bits, pictures)}
        return LossValue(self.weight * bits / elements, parts)


class RateTarget:
    """Is `lambda` times the bits per pixel, with `high` for batches above the target, else `low`.

    A batch is above it if its mean rate with rounded latents is, which is what files cost; the
    gradient is that of the noisy estimate. HiFiC's code uses lambdas 2 and 1/64, its paper 1/16 for
    the second.

    Args:
        target: in bits per pixel; it may be a ramp, from high rates to low ones.
        high, low: the two lambdas.
        relaxed: whether to halve lambdas and multiply the target by 0.20 / 0.14, as HiFiC does in
            the first 5 % of a run.
    """

    names = ("bpp", "rounded_bpp")

    def __init__(
        self,
        target: float = 0.14,
        high: float = 2.0,
        low: float = 1.0 / 64.0,
        relaxed: bool = False,
    ):
        self.target = target
        self.high = high
        self.low = low
        self.relaxed = relaxed

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        bpp = _bpp(tf.add_n(list(output.bits.values())), pictures)
        rounded = bpp
        if output.rounded_bits is not None:
            rounded = _bpp(tf.add_n(list(output.rounded_bits.values())), pictures)
        target = self.target * (0.20 / 0.14 if self.relaxed else 1.0)
        above = tf.reduce_mean(rounded) > target
        high, low = (tf.convert_to_tensor(x, tf.float32) for x in (self.high, self.low))
        weight = tf.where(above, high, low) * (0.5 if self.relaxed else 1.0)
        return LossValue(weight * bpp, {"bpp": bpp, "rounded_bpp": rounded})


def _bpp(bits: tf.Tensor, pictures: tf.Tensor) -> tf.Tensor:
    return bits / tf.cast(tf.shape(pictures)[1] * tf.shape(pictures)[2], tf.float32)
