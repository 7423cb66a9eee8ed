"""The names of the door as TensorFlow Compression defines them, and range coding by its ops."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tensorflow_compression
from tensorflow_compression import (
    GDNParameter,
    NoisyDeepFactorized,
    NoisyNormal,
    create_range_decoder,
    create_range_encoder,
    entropy_decode_finalize,
    entropy_decode_index,
    entropy_encode_finalize,
    entropy_encode_index,
)

from tfgan_codec.compression.stream_part import StreamPart
from tfgan_codec.errors import BitstreamError
from tfgan_codec.format.tables import Tables, tables_to_tfc_lookup

__all__ = [
    "GDN",
    "GDNParameter",
    "NoisyDeepFactorized",
    "NoisyNormal",
    "StreamDecoder",
    "encode",
]


class GDN(tensorflow_compression.GDN):
    """Is TFC's GDN, whose fixed exponents are numbers here. There they are tensors, so that a graph
    of it has a branch for each value they might have, and tracing a codec takes twice as long."""

    @property
    def alpha(self) -> tf.Tensor | np.ndarray:
        return super().alpha if callable(self.alpha_parameter) else _number(self.alpha_parameter)

    @property
    def epsilon(self) -> tf.Tensor | np.ndarray:
        fixed = not callable(self.epsilon_parameter)
        return _number(self.epsilon_parameter) if fixed else super().epsilon


def _number(constant: tf.Tensor) -> np.ndarray:
    return tf.get_static_value(constant)


def merge(parts: Sequence[Tables]) -> tuple[np.ndarray, list[int]]:
    """Returns all tables as one lookup of TFC, and the row at which each begins."""
    lookup = np.concatenate([tables_to_tfc_lookup(tables) for tables in parts])
    first = np.cumsum([0] + [len(tables.length) for tables in parts[:-1]])
    return lookup, first.tolist()


def encode(parts: Sequence[StreamPart]) -> bytes:
    """Returns all parts as one stream."""
    lookup, first = merge([part.tables for part in parts])
    handle = create_range_encoder([], lookup)
    for part, row in zip(parts, first):
        symbols = part.values - part.tables.offset[part.indexes]
        rows = np.asarray(part.indexes, np.int32) + np.int32(row)
        handle = entropy_encode_index(handle, rows, symbols)
    return entropy_encode_finalize(handle).numpy()


class StreamDecoder:
    """Reads a stream part by part; `tables` lists the tables of all parts in their order."""

    def __init__(self, data: bytes, tables: Sequence[Tables]):
        self._tables = list(tables)
        lookup, self._first = merge(self._tables)
        self._handle = create_range_decoder(data, lookup)

    def decode(self, part: int, indexes: np.ndarray) -> np.ndarray:
        """Returns the next symbols, shaped as `indexes`, which are rows of `tables[part]`."""
        rows = np.asarray(indexes, np.int32) + np.int32(self._first[part])
        self._handle, symbols = entropy_decode_index(self._handle, rows, rows.shape, tf.int32)
        return symbols.numpy() + self._tables[part].offset[indexes]

    def finish(self) -> None:
        """Raises `BitstreamError` unless the stream ends here."""
        if not entropy_decode_finalize(self._handle):
            raise BitstreamError("the stream did not end where it should: the file is damaged")
