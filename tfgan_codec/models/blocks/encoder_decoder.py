"""Builds the encoder E and decoder G of HiFiC (Mentzer et al., 2020), which the GAN codecs share.

E: 7x7 with 60 filters, 3x3 of stride 2 with 120, 240, 480 and 960, ChannelNorm and ReLU after each;
3x3 to the latents. G: 3x3 with 960, nine residual blocks in a long skip, transposed 3x3 of stride 2
with 480, 240, 120 and 60, 7x7 to RGB.
"""

from typing import NamedTuple

import tensorflow as tf

from tfgan_codec.layers.channel_norm import ChannelNorm
from tfgan_codec.layers.residual import ResidualBlock
from tfgan_codec.layers.trunk import ResidualTrunk
from tfgan_codec.layers.upsample import UPSAMPLING, interpolating
from tfgan_codec.layers.widths import scale_filters
from tfgan_codec.specs.names import choose

_FILTERS = (60, 120, 240, 480, 960)
_BLOCKS = 9
_SMALL = 0.1  # so that nine blocks together change little at first
NORMS = {"channel": ChannelNorm, "none": tf.keras.layers.Layer}  # Keras' base class does nothing


class EncoderDecoderConfig(NamedTuple):
    """Holds the sizes and kinds of layers of encoder and decoder.

    latents: channels of y. encoder_norm: whether a ChannelNorm ends the encoder (its offsets are
    what the entropy estimator of MobileViT-GAN learns). width: factor on all hidden filters.
    upsample: a name of `layers.upsample.UPSAMPLING`. norm: a name of `NORMS`, for all ChannelNorms
    but the encoder's last; instance normalisation is not among them, because its moments over a
    picture would make tiles differ from the whole. With "none", the encoder's kernels start as in
    He et al. (2015), G's blocks start near zero, and G has no long skip. latent_scale: factor on
    the initial values of the encoder's last kernel. fine: factor on the filters of all hidden
    layers but the widest, those at 1/16, in place of `width`; 0 for none. gentle: whether G starts
    close to linear interpolation, in its transposed convolutions and as blocks that change little.
    """

    latents: int
    encoder_norm: bool
    width: float = 1.0
    upsample: str = "transposed"
    norm: str = "channel"
    latent_scale: float = 1.0
    fine: float = 0.0
    gentle: bool = False

    def filters(self) -> tuple[int, ...]:
        *ladder, widest = _FILTERS
        fine = self.fine or self.width
        return (*(scale_filters(n, fine) for n in ladder), scale_filters(widest, self.width))


def encoder(config: EncoderDecoderConfig) -> tf.keras.Sequential:
    """Makes the network from pictures in [-1, 1] to y at 1/16, float32."""
    layers: list[tf.keras.layers.Layer] = []
    normalise = choose("norm", config.norm, NORMS)
    start = {"kernel_initializer": "he_uniform"} if config.norm == "none" else {}
    for i, filters in enumerate(config.filters()):
        layers += [_conv(filters, 3 if i else 7, 2 if i else 1, **start), normalise(), _relu()]
    last = tf.keras.initializers.VarianceScaling(config.latent_scale**2, "fan_avg", "uniform")
    layers.append(_conv(config.latents, 3, dtype="float32", kernel_initializer=last))
    if config.encoder_norm:
        layers.append(ChannelNorm(dtype="float32"))
    return tf.keras.Sequential(layers, name="analysis")


def decoder(config: EncoderDecoderConfig, last: str = "glorot_uniform") -> tf.keras.Sequential:
    """Makes the network from y_hat to pictures in about [-1, 1].

    last: initialiser of the kernel of the last convolution, which is always float32.
    """
    *rest, widest = config.filters()
    normalise = choose("norm", config.norm, NORMS)
    enlarge = choose("upsampling", config.upsample, UPSAMPLING)
    # A ChannelNorm takes mean and amplitude away: all that one channel holds, half of four.
    few = config.latents <= 4
    layers: list[tf.keras.layers.Layer] = [] if few else [normalise()]
    layers += [_conv(widest, 3), normalise()]
    if config.norm == "none":
        layers += [ResidualBlock(widest) for _ in range(_BLOCKS)]
    else:
        layers.append(ResidualTrunk(widest, _BLOCKS, _SMALL if config.gentle else 1.0))
    transposed = config.upsample == "transposed"
    start = {"kernel_initializer": interpolating} if config.gentle and transposed else {}
    for filters in reversed(rest):
        layers += [enlarge(filters, 3, **start), normalise(), _relu()]
    layers.append(_conv(3, 7, dtype="float32", kernel_initializer=last))
    return tf.keras.Sequential(layers, name="synthesis")


def _conv(filters: int, kernel_size: int, stride: int = 1, **kwargs) -> tf.keras.layers.Layer:
    return tf.keras.layers.Conv2D(filters, kernel_size, stride, padding="same", **kwargs)


def _relu() -> tf.keras.layers.Layer:
    return tf.keras.layers.ReLU()
