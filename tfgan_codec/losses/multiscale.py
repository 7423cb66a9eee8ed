"""MSAE's loss (Huang et al., 2019, Eq. 8, without GAN terms): rate and distortion of each scale."""

import tensorflow as tf

from tfgan_codec.coding.pyramid import scale_of
from tfgan_codec.losses.contract import CodecOutput, LossValue
from tfgan_codec.losses.distortion import mse

_LEVELS = 127.5  # pixels are in [-1, 1] here, as discriminators see them


class MultiScale:
    """Is `sum over scales i of alpha_i d(X_i, X'_i) + beta_i H_i`.

    d is the mean squared error of pictures in [-1, 1]; the paper says "PSNR". H is `rate` times the
    bits per pixel of X_i: the paper does not say how it normalises bits, and 100 times plain bits
    per pixel would drown all else. At 0.05 bits per pixel, d falls by some 0.1 for each further bit
    per pixel, so that with a rate of 1/1000 both terms of the full scale are in balance there.

    Args:
        alpha, beta: factors at full scale.
        coarse_alpha, coarse_beta: factors at the smaller scales. The defaults are the paper's: at
            small scales the distortion counts, at full scale the rate and adversarial terms.
        rate: factor on bits per pixel.

    The parts are `bpp`, the bits of all scales per pixel of the full one; `mse` (values in [0,
    255]) at full scale; `coarse_bpp`, the smaller scales' share of `bpp`; and `coarse_mse`, the
    error of the smallest picture, 0 where there is one scale.
    """

    names = ("bpp", "mse", "coarse_bpp", "coarse_mse")

    def __init__(
        self,
        alpha: float = 1.0,
        beta: float = 100.0,
        coarse_alpha: float = 100.0,
        coarse_beta: float = 1.0,
        rate: float = 0.001,
    ):
        self.alpha = alpha
        self.beta = beta
        self.coarse_alpha = coarse_alpha
        self.coarse_beta = coarse_beta
        self.rate = rate

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        made = [each.reconstruction for each in (*output.coarse, output)]
        pixels = tf.cast(tf.shape(pictures)[1] * tf.shape(pictures)[2], tf.float32)
        total, errors, bpps = 0.0, [], []
        for number, (picture, bits) in enumerate(zip(made, output.bits.values())):
            scale = scale_of(number + 1, len(made))
            target = tf.cast(pictures, tf.float32)
            if scale > 1:  # the same as halving again and again
                target = tf.nn.avg_pool2d(target, scale, scale, "VALID")
            errors.append(mse(target, picture))
            bpps.append(bits / pixels)
            alpha = self.alpha if scale == 1 else self.coarse_alpha
            beta = self.beta if scale == 1 else self.coarse_beta
            total += alpha * errors[-1] / _LEVELS**2
            total += beta * self.rate * bpps[-1] * scale**2
        bpp = tf.add_n(bpps)
        coarse_mse = errors[0] if output.coarse else tf.zeros_like(bpp)
        values = (bpp, errors[-1], bpp - bpps[-1], coarse_mse)
        return LossValue(total, dict(zip(self.names, values)))
