"""Between latents and bytes: the normative coding of symbols, and the float steps around it.

Integers decide how a stream is parsed: hyper-latents z give the index map, the index map picks the
table of each residual r. Floats (the gains, the means) only shift what the symbols stand for, so
machines that round differently still parse alike. `docs/format.md` ("Payload") has the order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgan_codec import scales, tiling
from tfgan_codec.bundle import STRIDE
from tfgan_codec.errors import BitstreamError, BundleError
from tfgan_codec.rangecoder import Decoder, Encoder
from tfgan_codec.tables import Tables, bits, uniform_tables

if TYPE_CHECKING:
    from tfgan_codec import container
    from tfgan_codec.bundle import Bundle

MAX_RESIDUAL = 1 << 20
_BYTE_TABLE = uniform_tables(256)
# Hyper-latents per window of the scale decoder: 2 megapixels, as for the networks.
_MAX_SCALE_CELLS = 512

Array = NDArray[Any]
Floats = NDArray[np.float32]
Integers = NDArray[np.int32]


class Coding(NamedTuple):
    """What a stream says of the latents [h, w, C]."""

    z: Integers  # [ceil(h / 4), ceil(w / 4), Cz]
    indexes: NDArray[np.uint8]  # [h, w, C], follows from z
    r: Integers  # [h, w, C], 0 where the index is 0


def quantize(bundle: Bundle, y: Floats, quality: int) -> Coding:
    """Rounds latents at a quality level to what is coded."""
    v = y * bundle.gain[quality]
    z = hyper_latents(bundle, v)
    index = index_map(bundle.scale_decoder, z, *v.shape[:2])
    r = np.clip(round_half_up(v - means(bundle, z, index)), -MAX_RESIDUAL, MAX_RESIDUAL)
    return Coding(z, index, np.where(index, r, 0).astype(np.int32))


def hyper_latents(bundle: Bundle, v: Floats) -> Integers:
    """The hyper-latents z of latents after the gain."""
    if not np.isfinite(v).all():
        raise BundleError(f"the analysis network of {bundle.name} gave values that are not finite")
    hyper = bundle.network("hyper_analysis")(pad_zeros(v, bundle.scale_decoder.upscale))
    return np.clip(round_half_up(hyper), -scales.MAX_INPUT, scales.MAX_INPUT).astype(np.int32)


def dequantize(bundle: Bundle, coding: Coding, quality: int) -> Floats:
    """The decoded latents, y_hat."""
    v = coding.r + means(bundle, coding.z, coding.indexes)
    y_hat: Floats = v.astype(np.float32) * bundle.inverse_gain[quality]
    return y_hat


def means(bundle: Bundle, z: Integers, index: Array) -> Floats:
    """The mean of each latent, mu, cropped to the index map's size."""
    height, width = index.shape[:2]
    mu: Floats = bundle.network("mean")(z)[:height, :width]
    return mu


def index_map(
    scale_decoder: scales.ScaleDecoder, z: Integers, height: int, width: int
) -> NDArray[np.uint8]:
    """The table index of each latent. Windows change nothing here: the network is exact."""
    reach, scale = 0.0, 1
    for layer in scale_decoder.layers:
        reach += max(layer.kernel.shape[:2]) // 2 / scale
        scale *= layer.upscale
    geometry = tiling.Geometry(cell=1, out=scale, halo=int(np.ceil(reach)))
    whole = tiling.run(scale_decoder.__call__, geometry, z, max_cells=_MAX_SCALE_CELLS)
    return whole[:height, :width]


def encode_symbols(coding: Coding, z_tables: Tables, y_tables: Tables) -> bytes:
    """One range-coded stream: z, the check of the index map, the residuals."""
    coded = coding.indexes > 0
    encoder = Encoder()
    encode_head(encoder, coding.z, coding.indexes, z_tables)
    encoder.encode(coding.r[coded], coding.indexes[coded], y_tables)
    return encoder.finish()


def encode_head(encoder: Encoder, z: Integers, index: Array, z_tables: Tables) -> None:
    """What every stream begins with: z, and a check of the map that follows from it."""
    encoder.encode(z, _channels(z.shape), z_tables)
    encoder.encode(divmod(scales.crc16(index), 256), [0, 0], _BYTE_TABLE)


def decode_head(
    decoder: Decoder,
    height: int,
    width: int,
    z_tables: Tables,
    scale_decoder: scales.ScaleDecoder,
) -> tuple[Integers, NDArray[np.uint8]]:
    """z and its map for latents of `height` x `width`; raises as `decode_symbols`."""
    stride = scale_decoder.upscale
    shape = -(-height // stride), -(-width // stride), len(z_tables.cdf)
    z = decoder.decode(_channels(shape), z_tables)
    index = index_map(scale_decoder, z, height, width)
    high, low = decoder.decode([0, 0], _BYTE_TABLE).tolist()
    if high << 8 | low != scales.crc16(index):
        raise BitstreamError("the coded data is damaged (the check of its scales fails)")
    return z, index


def read_symbols(bundle: Bundle, file: container.File) -> Coding:
    """The symbols of a file made with the model of `bundle`; raises as `decode_symbols`."""
    return decode_symbols(
        file.streams[0],
        *latent_shape(file),
        bundle.z_tables,
        bundle.y_tables,
        bundle.scale_decoder,
    )


def decode_symbols(
    data: bytes,
    height: int,
    width: int,
    z_tables: Tables,
    y_tables: Tables,
    scale_decoder: scales.ScaleDecoder,
) -> Coding:
    """Reads what `encode_symbols` wrote for latents of `height` x `width`.

    Raises:
      BitstreamError: the data is not such a stream, or the index map came out differently here.
    """
    decoder = Decoder(data)
    z, index = decode_head(decoder, height, width, z_tables, scale_decoder)
    r = np.zeros(index.shape, np.int32)
    coded = index > 0
    r[coded] = decoder.decode(index[coded], y_tables)
    decoder.finish()
    return Coding(z, index, r)


def estimate_bits(coding: Coding, z_tables: Tables, y_tables: Tables) -> float:
    """The length of the stream, to a few bytes, without writing it."""
    coded = coding.indexes > 0
    total = bits(coding.z, _channels(coding.z.shape), z_tables).sum()
    total += bits(coding.r[coded], coding.indexes[coded], y_tables).sum()
    return float(total) + 16


def latent_shape(file: container.File) -> tuple[int, int]:
    """The height and width of a file's latents."""
    return -(-file.height // STRIDE), -(-file.width // STRIDE)


def round_half_up(x: Floats) -> Floats:
    """floor(x + 1/2): the one rounding of this codec."""
    rounded: Floats = np.floor(x + np.float32(0.5))
    return rounded


def pad_zeros(x: Array, multiple: int) -> Array:
    """Pads at the bottom and right to multiples."""
    return np.pad(x, _padding(x, multiple))


def pad_edges(x: Array, multiple: int) -> Array:
    """Pads at the bottom and right to multiples, repeating the last row and column."""
    return np.pad(x, _padding(x, multiple), mode="edge")


def _padding(x: Array, multiple: int) -> list[tuple[int, int]]:
    height, width = x.shape[:2]
    return [(0, -height % multiple), (0, -width % multiple), (0, 0)]


def _channels(shape: tuple[int, ...]) -> Array:
    """The table index of hyper-latents: their channel."""
    return np.broadcast_to(np.arange(shape[-1]), shape)
