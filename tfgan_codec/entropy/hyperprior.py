"""Defines a mean-scale hyperprior (Minnen et al., 2018) that is parsed by whole numbers alone.

                 +----------------+  z   +-----------+   +--------------+
    v ---+------>| hyper_analysis |----->| factorized|-->| scale decoder|--> table index 0..63
         |       +----------------+      +-----+-----+   +--------------+        |
         |                                     |                                 v
         |                                     |         +--------------+   coder: r = round(v - mu)
         |                                     +-------->| mean decoder |--> mu
         +--------------------------------------------------------------------------^

The usual hyper-synthesis is split in two, as in JPEG AI and PICO: an integer network picks the
coding table of each element, a float network predicts its mean. Residuals are coded with zero-mean
tables, so the mean may differ in its last bit between devices without harm. Elements whose index is
0 are not coded at all (r = 0).
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_codec.bundle.normative import Normative
from tfgan_codec.compression import NoisyNormal
from tfgan_codec.entropy import stream
from tfgan_codec.entropy.contract import EntropyOutput, total_bits
from tfgan_codec.entropy.factorized import TAIL_MASS, FactorizedEntropy
from tfgan_codec.entropy.noise import uniform_noise
from tfgan_codec.entropy.saved_tables import SavedTables
from tfgan_codec.format.geometry import HYPER_STRIDE
from tfgan_codec.format.payload import Symbols
from tfgan_codec.format.scales import SCALES
from tfgan_codec.format.tables import Tables, gaussian_tables
from tfgan_codec.layers.integer import integer_network
from tfgan_codec.layers.rounding import round_half_up, straight_through_round

SCALE_MIN = 0.11
SCALE_MAX = 64.0


def scale_table() -> np.ndarray:
    """Returns the 64 standard deviations of the coding tables, evenly spaced in the logarithm."""
    return np.geomspace(SCALE_MIN, SCALE_MAX, SCALES)


def scale_of(index: tf.Tensor) -> tf.Tensor:
    """Returns the standard deviations of table indexes 0..63, which need not be whole."""
    return SCALE_MIN * tf.exp(np.log(SCALE_MAX / SCALE_MIN) / (SCALES - 1) * index)


def hyper_latents(hyper_analysis: tf.keras.layers.Layer, v: tf.Tensor) -> tf.Tensor:
    """Returns the hyper-latents of v [n, h, w, C], zero-padded to multiples of 4, not rounded."""
    shape = tf.shape(v)
    down, right = (-shape[axis] % HYPER_STRIDE for axis in (1, 2))
    padded = tf.pad(v, [[0, 0], [0, down], [0, right], [0, 0]])
    return tf.cast(hyper_analysis(padded), tf.float32)


class HyperpriorEntropy(tf.keras.layers.Layer):
    """Is the entropy model of latents v at 1/16 with side information z at 1/64.

    Args:
        hyper_analysis, mean_decoder: float networks from v to z and from z to the means of v.
        scale_decoder: integer network from z to table indexes (layers of `layers.integer`).
        hyper_channels: the number of channels of z.

    `side` is the entropy model of z; `tables` holds the residuals' tables by index.
    """

    def __init__(
        self,
        hyper_analysis: tf.keras.layers.Layer,
        mean_decoder: tf.keras.layers.Layer,
        scale_decoder: tf.keras.layers.Layer,
        hyper_channels: int,
        **kwargs,
    ):
        super().__init__(dtype="float32", **kwargs)
        self.hyper_analysis = hyper_analysis
        self.mean_decoder = mean_decoder
        self.scale_decoder = scale_decoder
        self.side = FactorizedEntropy(hyper_channels)
        self.tables = SavedTables(SCALES, width=_residual_tables().cdf.shape[1])

    def call(self, v: tf.Tensor, training: bool, seed: tf.Tensor) -> EntropyOutput:
        v = tf.cast(v, tf.float32)
        side = self.side(hyper_latents(self.hyper_analysis, v), training=training, seed=seed)
        mean, index = self._predict(side.latents, tf.shape(v))
        coded = tf.stop_gradient(tf.cast(index > 0.5, tf.float32))
        prior = NoisyNormal(loc=0.0, scale=scale_of(index))
        if training:
            noisy = v - mean + uniform_noise(v, seed, stream=1)
            latents = straight_through_round(v - mean) * coded + mean
            bits = total_bits(prior.log_prob(noisy))
        else:
            residual = round_half_up(v - mean) * coded
            latents = residual + mean
            bits = total_bits(prior.log_prob(residual) * coded)
        return EntropyOutput(latents, {"y": bits, **side.bits})

    def symbols(self, v: tf.Tensor) -> Symbols:
        """Returns the symbols that a file holds of one picture's latents [1, h, w, c]."""
        z = self.side.symbols(hyper_latents(self.hyper_analysis, v))
        mean, index = self._predict(tf.cast(z, tf.float32), tf.shape(v))
        residual = round_half_up(v - mean) * tf.cast(index > 0.5, tf.float32)
        indexes, r = index[0].numpy().astype(np.uint8), residual[0].numpy().astype(np.int32)
        return Symbols(z[0].numpy(), indexes, r)

    def write(self, symbols: Symbols) -> bytes:
        """Returns the stream of one picture: z, a check of the index map, the residuals."""
        return stream.write(symbols, self.side.tables.read(), self.tables.read())

    def read(self, data: bytes, height: int, width: int) -> Symbols:
        """Returns the symbols in a stream of `write`, for latents of `height` x `width`."""

        def index_map(z: np.ndarray) -> np.ndarray:
            index = self.scale_decoder(tf.cast(z[None], tf.float32))
            return index[0, :height, :width].numpy().astype(np.uint8)

        shape = (-(-height // HYPER_STRIDE), -(-width // HYPER_STRIDE), self.side.channels)
        return stream.read(data, shape, index_map, self.side.tables.read(), self.tables.read())

    def latents(self, symbols: Symbols) -> tf.Tensor:
        """Returns the decoded latents, float32 [n, h, w, c]: `symbols` undone up to rounding."""
        height, width, _ = symbols.r.shape
        mean = tf.cast(self.mean_decoder(tf.cast(symbols.z[None], tf.float32)), tf.float32)
        return tf.cast(symbols.r[None], tf.float32) + mean[:, :height, :width]

    def _predict(self, z: tf.Tensor, shape: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        mean = tf.cast(self.mean_decoder(z), tf.float32)
        index = self.scale_decoder(z)
        return mean[:, : shape[1], : shape[2]], index[:, : shape[1], : shape[2]]

    def prepare_for_coding(self) -> None:
        self.side.prepare_for_coding()
        self.tables.assign(_residual_tables())

    def normative(self) -> Normative:
        """Returns what decides how bits are parsed, the scale decoder checked for its bounds."""
        scales = integer_network(self.scale_decoder)
        return Normative(self.side.tables.read(), self.tables.read(), scales)


def _residual_tables() -> Tables:
    """Returns a zero-mean Gaussian table for each index; that of index 0 is never used."""
    return gaussian_tables(scale_table(), TAIL_MASS)
