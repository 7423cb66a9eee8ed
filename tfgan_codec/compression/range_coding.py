"""Range-codes parts by the portable coder, whose streams are byte for byte TFC's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tfgan_codec.compression.stream_part import StreamPart
from tfgan_codec.format.rangecoder import RangeDecoder, RangeEncoder
from tfgan_codec.format.tables import Tables


def encode(parts: Sequence[StreamPart]) -> bytes:
    """Returns all parts as one stream."""
    encoder = RangeEncoder()
    for part in parts:
        encoder.encode(part.values, part.indexes, part.tables)
    return encoder.finish()


class StreamDecoder:
    """Reads a stream part by part; `tables` lists the tables of all parts in their order."""

    def __init__(self, data: bytes, tables: Sequence[Tables]):
        self._tables = list(tables)
        self._decoder = RangeDecoder(data)

    def decode(self, part: int, indexes: np.ndarray) -> np.ndarray:
        """Returns the next symbols, shaped as `indexes`, which are rows of `tables[part]`."""
        return self._decoder.decode(indexes, self._tables[part])

    def finish(self) -> None:
        """Raises `BitstreamError` unless the stream ends here."""
        self._decoder.finish()
