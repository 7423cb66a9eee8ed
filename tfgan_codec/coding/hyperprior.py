"""Codes pictures with a bundle that has a hyperprior: one stream, any of 256 qualities.

Here are the float steps around `format.payload`: gains, means and networks. They only shift what
symbols stand for, so machines that round floats differently still parse alike.
"""

from __future__ import annotations

import functools

import numpy as np

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding.contract import Encoding, Refiner, cropped, to_bytes
from tfgan_codec.errors import BundleError
from tfgan_codec.format import container, geometry, payload, scales
from tfgan_codec.format.geometry import Array, Floats, Integers, round_half_up
from tfgan_codec.format.payload import MAX_RESIDUAL, Symbols
from tfgan_codec.pictures.picture import Pixels


class HyperpriorCoder:
    """Is the `coding.contract.PictureCoder` of bundles with a hyperprior."""

    layers = 1
    qualities = geometry.QUALITIES

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def encode(self, rgb: Pixels) -> Encoding:
        return _Encoding(self._bundle, rgb)

    def decode(self, file: container.TgcFile, realism: float) -> Pixels:
        self._bundle.halo("synthesis", realism)  # complains before the work is done
        y = dequantize(self._bundle, read_symbols(self._bundle, file), file.quality)
        synthesis = self._bundle.network("synthesis", realism)
        return cropped(synthesis(y, finish=to_bytes), file)


class _Encoding:
    """Holds the latents of one picture and rounds them for each quality that is asked for."""

    def __init__(self, bundle: Bundle, rgb: Pixels) -> None:
        self._bundle, self._rgb = bundle, rgb
        self._tables = bundle.z_tables, bundle.y_tables
        self._y = bundle.network("analysis")(geometry.pad_edges(rgb, geometry.STRIDE))
        # Not of a method, with which it would hold itself and the picture until garbage collection.
        rounded = functools.partial(quantize, bundle, self._y)
        self._symbols = functools.lru_cache(maxsize=3)(rounded)

    def streams(self, quality: int) -> tuple[bytes, ...]:
        return (payload.encode_symbols(self._symbols(quality), *self._tables),)

    def nbytes(self, quality: int) -> float:
        return payload.estimate_bits(self._symbols(quality), *self._tables) / 8

    def refined(self, quality: int, nbytes: int, refiner: Refiner) -> tuple[bytes, ...]:
        symbols = self._symbols(quality)
        found = refiner(self._bundle, self._rgb, self._y, symbols, quality, 8.0 * nbytes)
        return (payload.encode_symbols(found, *self._tables),)


def quantize(bundle: Bundle, y: Floats, quality: int) -> Symbols:
    """Rounds the latents of a picture, float [h, w, C], to the symbols of a quality level."""
    v = y * bundle.gain[quality]
    z = hyper_latents(bundle, v)
    index = payload.index_map(bundle.scale_decoder, z, *v.shape[:2])
    r = np.clip(round_half_up(v - means(bundle, z, index)), -MAX_RESIDUAL, MAX_RESIDUAL)
    return Symbols(z, index, np.where(index, r, 0).astype(np.int32))


def dequantize(bundle: Bundle, symbols: Symbols, quality: int) -> Floats:
    """Returns the decoded latents y_hat, float32 [h, w, C]."""
    v = symbols.r + means(bundle, symbols.z, symbols.indexes)
    y_hat: Floats = v.astype(np.float32) * bundle.inverse_gain[quality]
    return y_hat


def hyper_latents(bundle: Bundle, v: Floats) -> Integers:
    """Returns the hyper-latents z, int32 [h / 4, w / 4, channels], sides rounded up, of latents
    v [h, w, C] that the gain has been multiplied to."""
    _require_finite(bundle, "analysis", v)
    hyper = bundle.network("hyper_analysis")(geometry.pad_zeros(v, bundle.scale_decoder.upscale))
    _require_finite(bundle, "hyper_analysis", hyper)
    return np.clip(round_half_up(hyper), -scales.MAX_INPUT, scales.MAX_INPUT).astype(np.int32)


def means(bundle: Bundle, z: Integers, index: Array) -> Floats:
    """Returns the means mu that z predicts of the latents, float [h, w, C] as the index map."""
    height, width = index.shape[:2]
    mu: Floats = bundle.network("mean")(z)[:height, :width]
    _require_finite(bundle, "mean", mu)
    return mu


def _require_finite(bundle: Bundle, kind: str, values: Floats) -> None:
    if not np.isfinite(values).all():
        raise BundleError(f"the {kind} network of {bundle.name} gave values that are not finite")


def read_symbols(bundle: Bundle, file: container.TgcFile) -> Symbols:
    """Reads the symbols of a file made with the model of `bundle`; raises as
    `payload.decode_symbols` does."""
    size = geometry.latent_size(file.height, file.width)
    tables = bundle.z_tables, bundle.y_tables
    return payload.decode_symbols(file.streams[0], *size, *tables, bundle.scale_decoder)
