"""Payload of codecs with five-level latents: static tables, nothing else to parse by.

Latents take the values -2..2 and are coded in row-major order [h, w, C], each with the table of its
channel; the tables are part of the model (`docs/format.md`, "Five-level latents").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.rangecoder import Decoder, Encoder
from tfgan_codec.tables import Tables

OFFSET, SYMBOLS = -2, 5  # the lowest value, and how many there are


def quantize(y: NDArray[np.float32]) -> NDArray[np.int32]:
    """The nearest of -2..2."""
    rounded = np.floor(y + np.float32(0.5))
    return np.clip(rounded, OFFSET, OFFSET + SYMBOLS - 1).astype(np.int32)


def encode_symbols(symbols: NDArray[np.int32], tables: Tables) -> bytes:
    """The one stream of a file."""
    encoder = Encoder()
    encoder.encode(symbols, channel_numbers(symbols.shape), tables)
    return encoder.finish()


def decode_symbols(data: bytes, height: int, width: int, tables: Tables) -> NDArray[np.int32]:
    """Reads latents of `height` x `width`; `BitstreamError` if the data is not such a stream."""
    decoder = Decoder(data)
    symbols: NDArray[np.int32] = decoder.decode(
        channel_numbers((height, width, len(tables.cdf))), tables
    )
    decoder.finish()
    return symbols


def normative_arrays(tables: Tables) -> dict[str, NDArray[np.int32]]:
    """The arrays that decide how bits are parsed, see `bundle.normative_hash`."""
    arrays = {"y_cdf": tables.cdf, "y_length": tables.length, "y_offset": tables.offset}
    return {name: np.asarray(array, np.int32) for name, array in arrays.items()}


def channel_numbers(shape: Sequence[int]) -> NDArray[Any]:
    """The table of each latent: its channel."""
    return np.broadcast_to(np.arange(shape[-1], dtype=np.int32), tuple(shape))
