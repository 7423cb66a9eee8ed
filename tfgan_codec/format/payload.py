"""The payload of a ``.tgc`` file: how symbols become a range-coded stream and come back.

Integers decide how a stream is parsed: hyper-latents z give the index map, the index map picks the
table of each residual r. No float takes part. `docs/format.md` ("Payload") has the order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgan_codec import tiling
from tfgan_codec.errors import BitstreamError
from tfgan_codec.format import scales
from tfgan_codec.format.geometry import HYPER_STRIDE, Array, Integers
from tfgan_codec.format.rangecoder import RangeDecoder, RangeEncoder
from tfgan_codec.format.tables import Tables, bits, least_bits, uniform_tables

MAX_RESIDUAL = 1 << 20
_BYTE_TABLE = uniform_tables(256)
# Hyper-latents per window of the scale decoder: 2 megapixels, as for the networks.
_MAX_SCALE_CELLS = 512


class Symbols(NamedTuple):
    """Holds what a stream says of the latents [h, w, C] of one picture."""

    z: Integers  # [ceil(h / 4), ceil(w / 4), Cz]
    indexes: NDArray[np.uint8]  # [h, w, C], 0..63: each latent's table; computed from z
    r: Integers  # [h, w, C], residuals; 0 where the index is 0, and not coded there


def index_map(
    scale_decoder: scales.ScaleDecoder, z: Integers, height: int, width: int
) -> NDArray[np.uint8]:
    """Returns the table index of each latent, uint8 [height, width, C], computed from z.

    The scale decoder runs in windows, which changes nothing: its arithmetic is exact.
    """
    reach, scale = 0.0, 1
    for layer in scale_decoder.layers:
        reach += max(layer.kernel.shape[:2]) // 2 / scale
        scale *= layer.upscale
    geometry = tiling.Geometry(cell=1, out=scale, halo=int(np.ceil(reach)))
    whole = tiling.run(scale_decoder.__call__, geometry, z, max_cells=_MAX_SCALE_CELLS)
    return whole[:height, :width]


def encode_symbols(symbols: Symbols, z_tables: Tables, y_tables: Tables) -> bytes:
    """Returns one range-coded stream: z, the check of the index map, the residuals."""
    coded = symbols.indexes > 0
    encoder = RangeEncoder()
    encode_head(encoder, symbols.z, symbols.indexes, z_tables)
    encoder.encode(symbols.r[coded], symbols.indexes[coded], y_tables)
    return finish(encoder, symbols.z, z_tables)


def finish(encoder: RangeEncoder, z: Integers, z_tables: Tables) -> bytes:
    """Returns a whole stream that began with z, at least `least_bytes` long.

    The range coder leaves zeros at the end away, all of them if chance has it; they are put back.
    """
    return encoder.finish().ljust(_least_bytes(z.shape[0] * z.shape[1], z_tables), b"\0")


def least_bytes(height: int, width: int, z_tables: Tables) -> int:
    """Returns how many bytes every stream of latents [height, width] has at least.

    Hyper-latents of B bits (`least_bits`) make the coder append N words with 16 N > B - 16, because
    they leave an interval below 2^(32 - B) of which no less than 2^(16 - 16 N) is left. So there
    are 2 N > B / 8 - 2 bytes.
    """
    return _least_bytes(-(-height // HYPER_STRIDE) * -(-width // HYPER_STRIDE), z_tables)


def require_length(nbytes: int, height: int, width: int, z_tables: Tables) -> None:
    """Raises `BitstreamError` if a stream of `nbytes` is too short for latents [height, width], so
    that nobody works for what a few bytes claim."""
    least = least_bytes(height, width, z_tables)
    if nbytes < least:
        raise BitstreamError(
            f"the coded data has {nbytes} bytes, of {least} that a picture of this size takes at "
            "least: the file is damaged"
        )


def _least_bytes(cells: int, z_tables: Tables) -> int:
    return max(0, cells * sum(least_bits(z_tables)) // (8 * 256) - 1)


def encode_head(encoder: RangeEncoder, z: Integers, index: Array, z_tables: Tables) -> None:
    """Writes what every stream begins with: z, and the CRC-16 of the index map computed from it."""
    encoder.encode(z, channel_numbers(z.shape), z_tables)
    encoder.encode(divmod(scales.crc16(index), 256), [0, 0], _BYTE_TABLE)


def decode_head(
    decoder: RangeDecoder,
    height: int,
    width: int,
    z_tables: Tables,
    scale_decoder: scales.ScaleDecoder,
) -> tuple[Integers, NDArray[np.uint8]]:
    """Reads z and returns it with the index map computed from it, for latents [height, width];
    raises what `decode_symbols` raises.

    Nothing is made that is larger than the stream accounts for: z is read row by row, and damage
    shows in one of the first as a rule.
    """
    require_length(decoder.nbytes, height, width, z_tables)
    rows, columns = -(-height // HYPER_STRIDE), -(-width // HYPER_STRIDE)
    numbers = channel_numbers((columns, len(z_tables.cdf)))
    z = np.empty((rows, *numbers.shape), np.int32)
    for row in z:
        row[...] = decoder.decode(numbers, z_tables)
        scales.check_input(row)
    index = index_map(scale_decoder, z, height, width)
    high, low = decoder.decode([0, 0], _BYTE_TABLE).tolist()
    if high << 8 | low != scales.crc16(index):
        raise BitstreamError("the coded data is damaged (the check of its scales fails)")
    return z, index


def decode_symbols(
    data: bytes,
    height: int,
    width: int,
    z_tables: Tables,
    y_tables: Tables,
    scale_decoder: scales.ScaleDecoder,
) -> Symbols:
    """Reads what `encode_symbols` wrote for latents [height, width].

    Raises:
      BitstreamError: the data is damaged, or this machine computed another index map than the
        encoder, which would make everything after it wrong.
    """
    decoder = RangeDecoder(data)
    z, index = decode_head(decoder, height, width, z_tables, scale_decoder)
    r = np.zeros(index.shape, np.int32)
    coded = index > 0
    r[coded] = decoder.decode(index[coded], y_tables)
    decoder.finish()
    return Symbols(z, index, r)


def estimate_bits(symbols: Symbols, z_tables: Tables, y_tables: Tables) -> float:
    """Returns the length of the stream in bits, within a few bytes, without writing it."""
    coded = symbols.indexes > 0
    total = bits(symbols.z, channel_numbers(symbols.z.shape), z_tables).sum()
    total += bits(symbols.r[coded], symbols.indexes[coded], y_tables).sum()
    return float(total) + 16


def channel_numbers(shape: tuple[int, ...]) -> Array:
    """Returns the table number of each hyper-latent, which is the number of its channel."""
    return np.broadcast_to(np.arange(shape[-1], dtype=np.int32), shape)
