"""Joins hyperprior and autoregressive context (Minnen et al., 2018; Yang et al., CLIC 2020).

Every latent is a Gaussian convolved with a uniform (Eq. 7 of Yang et al.), whose mean and scale
follow from the latents before it, through a masked 3-D convolution, and from the hyper-latents,
which are coded with a density per channel (Eq. 8). Both are computed in whole numbers alone, see
`format.context`, in training already, because they decide how files are parsed.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.bundle.normative import Normative
from tfgan_codec.compression import NoisyNormal, StreamDecoder, encode
from tfgan_codec.compression.stream_part import StreamPart
from tfgan_codec.entropy import stream
from tfgan_codec.entropy.contract import EntropyOutput, total_bits
from tfgan_codec.entropy.factorized import TAIL_MASS, FactorizedEntropy
from tfgan_codec.entropy.hyperprior import hyper_latents, scale_of, scale_table
from tfgan_codec.entropy.noise import uniform_noise
from tfgan_codec.entropy.saved_tables import SavedTables
from tfgan_codec.errors import UsageError
from tfgan_codec.format import context, context_model
from tfgan_codec.format.geometry import HYPER_STRIDE
from tfgan_codec.format.payload import index_map
from tfgan_codec.format.scales import SCALES, ScaleDecoder
from tfgan_codec.format.tables import Tables, gaussian_tables, uniform_tables
from tfgan_codec.layers.integer import IntegerConv, hyper_decoder, integer_layer, integer_network
from tfgan_codec.layers.masked_conv import MaskedIntegerConv3D
from tfgan_codec.layers.rounding import round_half_up

# Raster orders of the latents, slowest axis first.
ORDERS = {"hwc": (0, 1, 2), "chw": (2, 0, 1)}


class ContextConfig(NamedTuple):
    """Holds the sizes of the context model.

    kernel: the convolution's size along each axis. The paper shows it in a figure alone; the code
        of the group that it cites has 11, with 24 filters (`filters`), and 48 and 96 in the layers
        that join context and hyper-latents (`joint`).
    order: "hwc" or "chw". In the latter, that group's, the mask spans whole channels; "hwc" has as
        many taps and, for photographs, a fraction of the fronts to decode.
    hyper: filters of the integer hyper decoder.
    hyper_features: the features that it gives for each latent.
    """

    kernel: int = 11
    order: str = "hwc"
    filters: int = 24
    joint: tuple[int, ...] = (48, 96)
    hyper: int = 96
    hyper_features: int = 2


class ContextLatents(NamedTuple):
    """Holds a file's symbols: int32 hyper-latents z [hz, wz, Cz] and latents q [h, w, C]."""

    z: np.ndarray
    q: np.ndarray


class ContextEntropy(tf.keras.layers.Layer):
    """Is the entropy model of latents at 1/16 with context, and side information at 1/64.

    The published hyper decoder is made of attention blocks in floats. Here it is an integer network
    (`layers.integer.hyper_decoder`), because it takes part in parsing.

    Args:
        hyper_analysis: float network from the latents y to the hyper-latents z.
        channels, hyper_channels: the numbers of channels of y and z.
        config: sizes of the context model.
    """

    mean_decoder = None  # means come from the context

    def __init__(
        self,
        hyper_analysis: tf.keras.layers.Layer,
        channels: int,
        hyper_channels: int,
        config: ContextConfig,
        **kwargs,
    ):
        super().__init__(dtype="float32", **kwargs)
        if config.order not in ORDERS:
            raise UsageError(f"order must be one of {', '.join(ORDERS)}, not {config.order!r}")
        if config.kernel % 2 == 0:
            raise UsageError(f"the context kernel must be odd, not {config.kernel}")
        self.channels = channels
        self.config = config
        self.axes = ORDERS[config.order]
        self.hyper_analysis = hyper_analysis
        self.side = FactorizedEntropy(hyper_channels)
        features = channels * config.hyper_features
        self.hyper_decoder = hyper_decoder(config.hyper, features, 255, 64.0, "hyper_decoder")
        # Latents are small integers, and their signs matter: hence the small shift and the bias.
        sizes = (config.kernel,) * 3
        self.convolution = MaskedIntegerConv3D(config.filters, sizes, shift=2, bias=64.0)
        self.joint = [IntegerConv(n, 1, shift=7, bias=32.0) for n in config.joint]
        # The heads start with the same Gaussian for all, of mean 0 and scale 1.
        self.scale = _head(SCALES - 1, shift=9, start=22.0)
        self.mean = _head(context_model.MAX_MEAN, shift=6, start=float(context_model.MEAN_ZERO))
        self.tables = SavedTables(SCALES * context_model.FRACTIONS, latent_tables().cdf.shape[1])

    def call(self, y: tf.Tensor, training: bool, seed: tf.Tensor) -> EntropyOutput:
        """Returns latents and bits; in training, decoder and context get noisy latents (Eq. 6)."""
        y = tf.cast(y, tf.float32)
        z = hyper_latents(self.hyper_analysis, y)
        side = self.side(z, training=training, seed=seed)
        latents = y + uniform_noise(y, seed, stream=1) if training else round_half_up(y)
        mean, index = self._predict(latents, side.latents)
        prior = NoisyNormal(loc=mean, scale=scale_of(index))
        return EntropyOutput(latents, {"y": total_bits(prior.log_prob(latents)), **side.bits})

    def _predict(self, latents: tf.Tensor, z: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns mean and table index of each latent, both [n, h, w, C]."""
        shape = tf.shape(latents)
        features = self.hyper_decoder(z)[:, : shape[1], : shape[2]]
        features = tf.reshape(features, tf.concat([shape, [self.config.hyper_features]], 0))
        to_grid = [0, *(1 + axis for axis in self.axes), 4]
        around = self.convolution(tf.transpose(latents, to_grid[:-1]))
        around = tf.transpose(around, np.argsort(to_grid))
        a = tf.concat([around, features], axis=-1)
        a = tf.reshape(a, [shape[0], shape[1] * shape[2], self.channels, a.shape[-1]])
        for layer in self.joint:
            a = layer(a)
        mean = (self.mean(a) - float(context_model.MEAN_ZERO)) / float(context_model.FRACTIONS)
        return tf.reshape(mean, shape), tf.reshape(self.scale(a), shape)

    def symbols(self, y: tf.Tensor) -> ContextLatents:
        """Returns the symbols that a file holds of latents [1, h, w, C]."""
        z = self.side.symbols(hyper_latents(self.hyper_analysis, y))
        return ContextLatents(z[0].numpy(), round_half_up(y)[0].numpy().astype(np.int32))

    def latents(self, symbols: ContextLatents) -> tf.Tensor:
        """Returns what the synthesis receives for symbols of a file, float32 [1, h, w, C]."""
        return tf.cast(symbols.q, tf.float32)[None]

    def integer_hyper_decoder(self) -> ScaleDecoder:
        """Returns the hyper decoder as plain integers."""
        return integer_network(self.hyper_decoder)

    def integer_context(self) -> context_model.ContextModel:
        """Returns the context model as plain integers, checked against the format's bounds."""
        model = context_model.ContextModel(
            self.axes,
            self.convolution.export(),
            tuple(integer_layer(layer) for layer in self.joint),
            integer_layer(self.scale),
            integer_layer(self.mean),
        )
        model.check()
        return model

    def write(self, symbols: ContextLatents) -> bytes:
        """Returns the stream of one picture: z, a check of the features, the latents."""
        features = index_map(self.integer_hyper_decoder(), symbols.z, *symbols.q.shape[:2])
        coded = context.encode(self.integer_context(), features, symbols.q)
        last = StreamPart(coded.values, coded.tables, self.tables.read())
        return encode([*stream.head(symbols.z, features, self.side.tables.read()), last])

    def read(
        self, data: bytes, height: int, width: int, at_once: int | None = None
    ) -> ContextLatents:
        """Returns the symbols in a stream of `write`, for latents of `height` x `width`.

        A front is decoded at a time; for `at_once` see `context.decode`.
        """
        tables = [self.side.tables.read(), uniform_tables(256), self.tables.read()]
        decoder = StreamDecoder(data, tables)
        shape = -(-height // HYPER_STRIDE), -(-width // HYPER_STRIDE), self.side.channels
        network = self.integer_hyper_decoder()
        z, features = stream.read_head(
            decoder, shape, lambda z: index_map(network, z, height, width)
        )
        read = functools.partial(decoder.decode, 2)
        q = context.decode(self.integer_context(), features, read, at_once)
        decoder.finish()
        return ContextLatents(z, q)

    def prepare_for_coding(self) -> None:
        self.side.prepare_for_coding()
        self.tables.assign(latent_tables())

    def normative(self) -> Normative:
        """Returns what decides how bits are parsed, checked against the format's bounds."""
        integers = self.integer_hyper_decoder(), self.integer_context()
        return Normative(self.side.tables.read(), self.tables.read(), *integers)


def _head(maximum: int, shift: int, start: float) -> IntegerConv:
    return IntegerConv(1, 1, shift, maximum, bias=start, kernel_initializer="zeros")


@functools.lru_cache(maxsize=1)
def latent_tables() -> Tables:
    """Returns the tables of Gaussians of all scales, each with the means 0, 1/8 .. 7/8."""
    means = np.arange(context_model.FRACTIONS) / context_model.FRACTIONS
    return gaussian_tables(scale_table(), TAIL_MASS, means)
