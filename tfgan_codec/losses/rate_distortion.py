"""The loss of a variable-rate codec: a Lagrangian of rate and distortion at each quality."""

from __future__ import annotations

import math

import tensorflow as tf

from tfgan_codec.format.geometry import QUALITIES
from tfgan_codec.losses.contract import CodecOutput, LossValue
from tfgan_codec.losses.distortion import ms_ssim, mse


class RateDistortion:
    """Is `w(q) * (rate_weight * bpp + lambda(q) * D)` at quality q.

    `D = mse_weight * MSE / 1000 + ms_ssim_weight * (1 - MS-SSIM)`, with MSE of values in [0, 255]
    and bpp in bits per pixel. lambda grows geometrically from `low` to `high` over the qualities
    0..255. Without the factor
    `w = (low * high)^(1/4) * lambda^-1/2` the gradients of the fine qualities would drown those of
    the coarse ones: at the optimum both terms grow like lambda^1/2.
    """

    def __init__(
        self,
        low: float,
        high: float,
        mse_weight: float,
        ms_ssim_weight: float,
        rate_weight: float | tf.Variable = 1.0,
    ):
        self.low = low
        self.high = high
        self.mse_weight = mse_weight
        self.ms_ssim_weight = ms_ssim_weight
        self.rate_weight = rate_weight
        self.names = ("bpp", "mse", "ms_ssim") if ms_ssim_weight else ("bpp", "mse")

    def multiplier(self, quality: tf.Tensor) -> tf.Tensor:
        return self.low * (self.high / self.low) ** (quality / (QUALITIES - 1))

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        pixels = tf.cast(tf.shape(pictures)[1] * tf.shape(pictures)[2], tf.float32)
        bpp = tf.add_n(list(output.bits.values())) / pixels
        error = mse(pictures, output.reconstruction)
        parts = {"bpp": bpp, "mse": error}
        distortion = self.mse_weight * error / 1000.0
        if self.ms_ssim_weight:
            parts["ms_ssim"] = ms_ssim(pictures, output.reconstruction)
            distortion += self.ms_ssim_weight * (1.0 - parts["ms_ssim"])
        multiplier = self.multiplier(output.quality)
        balance = math.sqrt(math.sqrt(self.low * self.high)) * tf.math.rsqrt(multiplier)
        return LossValue(balance * (self.rate_weight * bpp + multiplier * distortion), parts)
