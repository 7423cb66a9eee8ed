"""Writes and reads the stream of a file by the range coder of `compression`.

It holds z, a check of the index map that follows from z, then the residuals where the index is
above 0. `docs/format.md` ("Payload") specifies it; `format.payload` is the same without TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tfgan_codec.compression import StreamDecoder, encode
from tfgan_codec.compression.stream_part import StreamPart
from tfgan_codec.errors import BitstreamError
from tfgan_codec.format.payload import Symbols, channel_numbers
from tfgan_codec.format.scales import crc16
from tfgan_codec.format.tables import Tables, uniform_tables


def write(symbols: Symbols, z_tables: Tables, y_tables: Tables) -> bytes:
    """Returns the stream of one picture's symbols."""
    z, index, residual = symbols
    coded = index > 0
    last = StreamPart(residual[coded], index[coded], y_tables)
    return encode([*head(z, index, z_tables), last])


def head(z: np.ndarray, index: np.ndarray, z_tables: Tables) -> list[StreamPart]:
    """Returns the parts that every stream begins with: z, and a check of the index map."""
    check = np.array(divmod(crc16(index), 256), np.int32)
    return [
        StreamPart(z, channel_numbers(z.shape), z_tables),
        StreamPart(check, np.zeros(2, np.int32), uniform_tables(256)),
    ]


def read(
    data: bytes,
    z_shape: tuple[int, int, int],
    index_map: Callable[[np.ndarray], np.ndarray],
    z_tables: Tables,
    y_tables: Tables,
) -> Symbols:
    """Returns the symbols in a stream of `write`; `index_map` makes indexes [h, w, C] of z."""
    decoder = StreamDecoder(data, [z_tables, uniform_tables(256), y_tables])
    z, index = read_head(decoder, z_shape, index_map)
    residual = np.zeros(index.shape, np.int32)
    coded = index > 0
    residual[coded] = decoder.decode(2, index[coded])
    decoder.finish()
    return Symbols(z, index, residual)


def read_head(
    decoder: StreamDecoder,
    z_shape: tuple[int, int, int],
    index_map: Callable[[np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Returns z and its index map, from the first two parts of a stream."""
    z = decoder.decode(0, channel_numbers(z_shape))
    index = index_map(z)
    high, low = decoder.decode(1, np.zeros(2, np.int32))
    if high << 8 | low != crc16(index):
        raise BitstreamError("the coded data is damaged (the check of its scales fails)")
    return z, index
