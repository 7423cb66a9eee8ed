"""The one stream of a file, written and read by TensorFlow Compression's ops.

z, a check of the index map that follows from z, then the residuals where the index is above 0:
`docs/format.md` ("Payload") specifies it, `tfgan_codec.latents` is the same without TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tfgan_codec.entropy import range_coding
from tfgan_codec.errors import BitstreamError
from tfgan_codec.format.scales import crc16
from tfgan_codec.format.tables import Tables, uniform_tables


class Streamed(NamedTuple):
    """int32 hyper-latents [hz, wz, Cz], table indexes [h, w, C] and residuals of one picture."""

    z: np.ndarray
    index: np.ndarray
    residual: np.ndarray


def write(symbols: Streamed, z_tables: Tables, y_tables: Tables) -> bytes:
    """Range-codes the symbols of one picture."""
    z, index, residual = symbols
    coded = index > 0
    last = range_coding.Part(residual[coded], index[coded], y_tables)
    return range_coding.encode([*head(z, index, z_tables), last])


def head(z: np.ndarray, index: np.ndarray, z_tables: Tables) -> list[range_coding.Part]:
    """What every stream begins with: z, and a check of the map that follows from it."""
    check = np.array(divmod(crc16(index), 256), np.int32)
    return [
        range_coding.Part(z, _channel_numbers(z.shape), z_tables),
        range_coding.Part(check, np.zeros(2, np.int32), uniform_tables(256)),
    ]


def read(
    data: bytes,
    z_shape: tuple[int, int, int],
    index_map: Callable[[np.ndarray], np.ndarray],
    z_tables: Tables,
    y_tables: Tables,
) -> Streamed:
    """Inverse of `write`; `index_map` turns z into the table indexes, cropped to the latents."""
    decoder = range_coding.RangeDecoder(data, [z_tables, uniform_tables(256), y_tables])
    z, index = read_head(decoder, z_shape, index_map)
    residual = np.zeros(index.shape, np.int32)
    coded = index > 0
    residual[coded] = decoder.decode(2, index[coded])
    decoder.finish()
    return Streamed(z, index, residual)


def read_head(
    decoder: range_coding.RangeDecoder,
    z_shape: tuple[int, int, int],
    index_map: Callable[[np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """z and its map, from the first two parts of a stream."""
    z = decoder.decode(0, _channel_numbers(z_shape))
    index = index_map(z)
    high, low = decoder.decode(1, np.zeros(2, np.int32))
    if high << 8 | low != crc16(index):
        raise BitstreamError("the coded data is damaged (the check of its scales fails)")
    return z, index


def _channel_numbers(shape: tuple[int, ...]) -> np.ndarray:
    """The table of each hyper-latent: its channel."""
    return np.broadcast_to(np.arange(shape[-1], dtype=np.int32), shape)
