"""Writes and reads the files of codecs without side information."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_codec.bundle.normative import Normative
from tfgan_codec.entropy import static
from tfgan_codec.format.geometry import HYPER_STRIDE, QUALITIES, STRIDE, latent_size, pad_edges
from tfgan_codec.layers.reach import reach
from tfgan_codec.models.blocks.parts import Parts, Reaching
from tfgan_codec.models.contract import CodecModel


class StaticCodec(CodecModel):
    """Is a codec whose latents are coded with one static table per channel.

    One model has one rate: the quality argument of the base class is not used, and is 0 in files.
    Subclasses set `entropy`, a layer with `channels`, `rounded` and `tables`.
    """

    def normative(self) -> Normative:
        """Returns static tables in the format of the hyperprior, see `entropy.static`."""
        tables = static.coding_tables(self.entropy.tables.read())
        return Normative(*tables, static.static_scale_decoder(self.entropy.channels))

    def bundle_parts(self) -> Parts:
        """Returns parts in the format of the hyperprior, with networks that give zeros for z and
        the means."""
        channels = self.entropy.channels
        to_z = tf.zeros([1, 1, channels, 1])
        to_mean = tf.zeros([1, 1, 1, HYPER_STRIDE**2 * channels])

        def hyper_analysis(y: tf.Tensor) -> tf.Tensor:
            return tf.nn.conv2d(y, to_z, HYPER_STRIDE, "VALID")

        def mean(z: tf.Tensor) -> tf.Tensor:
            return tf.nn.depth_to_space(tf.nn.conv2d(z, to_mean, 1, "VALID"), HYPER_STRIDE)

        return Parts(
            Reaching(self.rounded, reach(self.analysis.layers)),
            Reaching(hyper_analysis, 0),
            Reaching(mean, 0),
            self.normative(),
            *[np.ones((QUALITIES, channels), np.float32)] * 2,
        )

    def rounded(self, pictures: tf.Tensor) -> tf.Tensor:
        """Returns the symbols of padded pictures, as float32."""
        return self.entropy.rounded(self.analyse(pictures))

    def symbols(self, picture: np.ndarray, quality: int = 0) -> np.ndarray:
        """Returns the symbols that a file holds of a picture, int32 [h / 16, w / 16, C]."""
        padded = pad_edges(picture, STRIDE).astype(np.float32)[None]
        return self.rounded(padded)[0].numpy().astype(np.int32)

    def encode(self, picture: np.ndarray, quality: int) -> tuple[bytes, ...]:
        return (static.write(self.symbols(picture), self.entropy.tables.read()),)

    def decode(
        self, streams: tuple[bytes, ...], height: int, width: int, quality: int
    ) -> np.ndarray:
        symbols = static.read(streams[0], *latent_size(height, width), self.entropy.tables.read())
        pixels = self.synthesise(tf.cast(symbols, tf.float32)[None])
        return pixels[0, :height, :width].numpy()
