"""Codes latents without side information: each of their channels has one static table.

Files have the format of the hyperprior codecs, so every decoder of it reads them: z is one channel
of zeros, which cost nothing, and the scale decoder gives channel c the table c + 1 whatever z says.
"""

from __future__ import annotations

import numpy as np

from tfgan_codec.entropy import stream
from tfgan_codec.errors import UsageError
from tfgan_codec.format import tables
from tfgan_codec.format.geometry import HYPER_STRIDE
from tfgan_codec.format.payload import Symbols
from tfgan_codec.format.scales import SCALES, IntegerConv, ScaleDecoder
from tfgan_codec.format.tables import Tables


def write(symbols: np.ndarray, channel_tables: Tables) -> bytes:
    """Returns the stream of one picture's symbols [h, w, C], with a table for each channel."""
    z = np.zeros(_hyper_shape(symbols.shape), np.int32)
    said = Symbols(z, _index_map(symbols.shape), symbols)
    return stream.write(said, *coding_tables(channel_tables))


def read(data: bytes, height: int, width: int, channel_tables: Tables) -> np.ndarray:
    """Returns the symbols [height, width, C] in a stream of `write`."""
    shape = (height, width, len(channel_tables.length))
    coded = coding_tables(channel_tables)
    return stream.read(data, _hyper_shape(shape), lambda z: _index_map(shape), *coded).r


def coding_tables(channel_tables: Tables) -> tuple[Tables, Tables]:
    """Returns the tables of z and y as the format wants them, made of the channels' tables.

    y has a table for each index 0..63: those past the channels repeat the last one.
    """
    cdf, length, offset, _ = channel_tables
    if len(length) >= SCALES:
        raise UsageError(f"static tables are for at most {SCALES - 1} latent channels")
    rows = np.minimum(np.maximum(np.arange(SCALES) - 1, 0), len(length) - 1)
    y_tables = Tables(cdf[rows], length[rows], offset[rows], escape=True)
    return tables.build_tables([[1.0, 0.0]], 0), y_tables


def static_scale_decoder(channels: int) -> ScaleDecoder:
    """Returns the integer network that gives channel c the index c + 1, whatever its input."""
    index = np.tile(np.arange(1, channels + 1, dtype=np.int32), 4)  # four phases of the upscaling
    layers = [
        IntegerConv(np.zeros((1, 1, 1, 4), np.int32), np.zeros(4, np.int32), 1, 255, 2),
        IntegerConv(np.zeros((1, 1, 1, 4 * channels), np.int32), 2 * index, 1, SCALES - 1, 2),
    ]
    decoder = ScaleDecoder(tuple(layers))
    decoder.check()
    return decoder


def _index_map(shape: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(np.arange(1, shape[2] + 1, dtype=np.uint8), shape)


def _hyper_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Returns the shape of z, one channel at a quarter of the size, for latents of a shape."""
    return -(-shape[0] // HYPER_STRIDE), -(-shape[1] // HYPER_STRIDE), 1
