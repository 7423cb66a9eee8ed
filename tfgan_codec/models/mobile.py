"""Defines the flagship codec `mobile`: light enough for a phone, one set of weights for all rates.

    x -> analysis (GDN) -> y -> * gain(q) -> hyperprior -> * inverse gain(q) -> synthesis -> x_hat

Analysis and hyperprior follow Balle et al. (2018) and Minnen et al. (2018); variable rate follows
Cui et al. (2021). We depart from them so: an integer network decides how bits are parsed
(`entropy.hyperprior`); and the synthesis is made of 3x3 convolutions with ReLU, 1x1 sub-pixel
convolutions and additions alone, so that one set of weights runs in TFLite float, int8 and on an
Edge TPU. `docs/mobile.md` tells how the sizes were chosen.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from tfgan_codec.entropy.hyperprior import HyperpriorEntropy
from tfgan_codec.errors import UsageError
from tfgan_codec.format.geometry import QUALITIES
from tfgan_codec.format.scales import SCALES
from tfgan_codec.layers.gains import RateGains
from tfgan_codec.layers.gdn import gdn
from tfgan_codec.layers.integer import hyper_decoder
from tfgan_codec.layers.residual import ResidualBlock
from tfgan_codec.layers.upsample import SubpixelUpsample
from tfgan_codec.models.contract import CodecModel


class MobileConfig(NamedTuple):
    """Holds the numbers of channels in `mobile`: from fine to coarse for the analysis, from coarse
    to fine for the synthesis, whose residual blocks in each stage `blocks` counts."""

    analysis: tuple[int, ...] = (48, 80, 128, 160)
    latents: int = 128
    hyper: int = 96
    hyper_latents: int = 48
    scales: int = 48
    synthesis: tuple[int, ...] = (160, 112, 72, 32)
    blocks: tuple[int, ...] = (2, 2, 2, 1)


DEFAULT = MobileConfig()


def conv(channels: int, kernel_size: int, stride: int = 1, **kwargs) -> tf.keras.layers.Layer:
    return tf.keras.layers.Conv2D(channels, kernel_size, stride, padding="same", **kwargs)


def analysis(config: MobileConfig) -> tf.keras.Sequential:
    """Makes the network from pictures in [-1, 1] to y at 1/16; fewer channels where pixels are
    many."""
    a, b, c, d = config.analysis
    layers = [conv(a, 5, 2), gdn(), conv(b, 5, 2), gdn(), conv(c, 3, 2), gdn(), ResidualBlock(c)]
    layers += [conv(d, 3, 2), ResidualBlock(d), conv(config.latents, 3)]
    return tf.keras.Sequential(layers, name="analysis")


def synthesis(config: MobileConfig) -> tf.keras.Sequential:
    """Makes the network from y_hat to pictures in about [-1, 1]. Its last convolution is float32 in
    mixed precision too, as bfloat16 has fewer steps than a picture has levels."""
    layers: list[tf.keras.layers.Layer] = []
    for i, (width, blocks) in enumerate(zip(config.synthesis, config.blocks)):
        layers.append(conv(width, 3) if i == 0 else SubpixelUpsample(width))
        layers += [ResidualBlock(width) for _ in range(blocks)]
    layers.append(SubpixelUpsample(3, kernel_size=3, dtype="float32"))
    return tf.keras.Sequential(layers, name="synthesis")


def hyper_analysis(config: MobileConfig) -> tf.keras.Sequential:
    """Makes the network from v at 1/16 to the hyper-latents z at 1/64."""
    layers = [conv(config.latents, 3, activation="relu"), conv(config.hyper, 3, 2)]
    layers += [tf.keras.layers.ReLU(), conv(config.hyper_latents, 3, 2, dtype="float32")]
    return tf.keras.Sequential(layers, name="hyper_analysis")


def mean_decoder(config: MobileConfig) -> tf.keras.Sequential:
    """Makes the network from z at 1/64 to the means at 1/16."""
    relu = tf.keras.layers.ReLU
    layers = [conv(config.hyper, 3, activation="relu"), SubpixelUpsample(config.hyper), relu()]
    layers += [conv(config.hyper, 3, activation="relu"), SubpixelUpsample(config.latents), relu()]
    layers.append(conv(config.latents, 3, dtype="float32"))
    return tf.keras.Sequential(layers, name="mean_decoder")


def scale_decoder(config: MobileConfig) -> tf.keras.Sequential:
    """Makes the network from z to table indexes, in whole numbers; about 0.15 kMAC per pixel."""
    return hyper_decoder(config.scales, config.latents, SCALES - 1, 12.0, "scale_decoder")


class Mobile(CodecModel):
    """Is the codec that the module's text describes, at any quality in [0, 255] per picture.

    Args:
        config: the sizes.
        rate_ratio: the largest Lagrange multiplier over the smallest, see `layers.gains`.
        depth: factor on the residual blocks of the decoder, for machines that can afford it; files
            are the same.
    """

    middle_quality = (QUALITIES - 1) / 2.0

    def __init__(
        self,
        config: MobileConfig = DEFAULT,
        rate_ratio: float = 60.0,
        depth: int = 1,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if depth < 1:
            raise UsageError(f"depth must be at least 1, not {depth}")
        config = config._replace(blocks=tuple(depth * n for n in config.blocks))
        self.config = config
        self.analysis = analysis(config)
        self.synthesis = synthesis(config)
        self.gains = RateGains(config.latents, ratio=rate_ratio)
        self.entropy = HyperpriorEntropy(
            hyper_analysis(config),
            mean_decoder(config),
            scale_decoder(config),
            config.hyper_latents,
        )

    def to_steps(self, y: tf.Tensor, quality: tf.Tensor) -> tf.Tensor:
        return y * self.gains(quality)[0][:, None, None]

    def from_steps(self, v: tf.Tensor, quality: tf.Tensor) -> tf.Tensor:
        return v * self.gains(quality)[1][:, None, None]
