"""Codecs without side information: the files and tables they have in common."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_codec.bundle import normative
from tfgan_codec.entropy import static
from tfgan_codec.format import geometry
from tfgan_codec.format.geometry import STRIDE
from tfgan_codec.format.scales import ScaleDecoder
from tfgan_codec.models.contract import CodecModel


class StaticCodec(CodecModel):
    """HiFiC's kind of encoder and decoder around latents with one static table per channel.

    One model has one rate: the quality argument of the base class is not used, and is 0 in files.
    Subclasses set `entropy`, a layer with `channels`, `rounded` and `tables`.
    """

    default_quality = 0

    def prepare_for_coding(self) -> None:
        self.entropy.prepare_for_coding()

    def model_id(self) -> bytes:
        return bytes.fromhex(self.normative_hash())[:3]

    def normative_hash(self) -> str:
        """Of the coding tables."""
        tables = static.coding_tables(self.entropy.tables.read())
        arrays = normative.normative_arrays(*tables, self.integer_scale_decoder())
        return normative.normative_hash(arrays)

    def integer_scale_decoder(self) -> ScaleDecoder:
        """What stands for a scale decoder in files, see `entropy.static`."""
        return static.static_scale_decoder(self.entropy.channels)

    def symbols(self, picture: np.ndarray) -> np.ndarray:
        """What a file of the picture holds: int32 [h / 16, w / 16, C]."""
        padded = geometry.pad_edges(picture, STRIDE).astype(np.float32)[None]
        return self.entropy.rounded(self.analyse(padded))[0].numpy().astype(np.int32)

    def encode(self, picture: np.ndarray, quality: int) -> tuple[bytes, ...]:
        return (static.write(self.symbols(picture), self.entropy.tables.read()),)

    def decode(
        self, streams: tuple[bytes, ...], height: int, width: int, quality: int
    ) -> np.ndarray:
        size = -(-height // STRIDE), -(-width // STRIDE)
        symbols = static.read(streams[0], *size, self.entropy.tables.read())
        pixels = self.synthesise(tf.cast(symbols, tf.float32)[None])
        return pixels[0, :height, :width].numpy()
