"""Codes pictures with a bundle that has a context model: one stream, one quality.

The stream holds the hyper-latents z, a check of the features that follow from z, and the latents,
front after front (`docs/format.md`, "Payload with a context model").
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding.contract import Encoding, OneEncoding, cropped, to_bytes
from tfgan_codec.coding.hyperprior import hyper_latents
from tfgan_codec.errors import BundleError
from tfgan_codec.format import container, context, context_model, geometry, payload
from tfgan_codec.format.geometry import Array, Floats, Integers, round_half_up
from tfgan_codec.format.rangecoder import RangeDecoder, RangeEncoder
from tfgan_codec.pictures.picture import Pixels


class ContextSymbols(NamedTuple):
    """Holds what a stream says of one picture, as integers."""

    z: Integers  # hyper-latents [h / 4, w / 4, channels], sides rounded up
    features: Array  # [h, w, features of the context model], computed from z
    q: Integers  # the rounded latents [h, w, C]


class ContextCoder:
    """Is the `coding.contract.PictureCoder` of bundles with a context model."""

    layers = qualities = 1

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def encode(self, rgb: Pixels) -> Encoding:
        y = self._bundle.network("analysis")(geometry.pad_edges(rgb, geometry.STRIDE))
        symbols = quantize(self._bundle, y)
        return OneEncoding((encode_symbols(self._bundle, symbols),))

    def decode(self, file: container.TgcFile, realism: float) -> Pixels:
        self._bundle.part("synthesis", realism)  # complains before the work is done
        y = dequantize(self._bundle, read_symbols(self._bundle, file))
        synthesis = self._bundle.network("synthesis", realism)
        return cropped(synthesis(y, finish=to_bytes), file)


def quantize(bundle: Bundle, y: Floats) -> ContextSymbols:
    """Rounds the latents of a picture, float [h, w, C], to the symbols that are coded."""
    v = y * bundle.gain[0]
    z = hyper_latents(bundle, v)
    features = payload.index_map(bundle.scale_decoder, z, *v.shape[:2])
    q = np.clip(round_half_up(v), -payload.MAX_RESIDUAL, payload.MAX_RESIDUAL).astype(np.int32)
    return ContextSymbols(z, features, q)


def dequantize(bundle: Bundle, symbols: ContextSymbols) -> Floats:
    """Returns the decoded latents y_hat, float32 [h, w, C]."""
    y_hat: Floats = symbols.q.astype(np.float32) * bundle.inverse_gain[0]
    return y_hat


def encode_symbols(bundle: Bundle, symbols: ContextSymbols) -> bytes:
    """Returns the symbols as one range-coded stream."""
    coded = context.encode(_model(bundle), symbols.features, symbols.q)
    encoder = RangeEncoder()
    payload.encode_head(encoder, symbols.z, symbols.features, bundle.z_tables)
    encoder.encode(coded.values, coded.tables, bundle.y_tables)
    return payload.finish(encoder, symbols.z, bundle.z_tables)


def read_symbols(bundle: Bundle, file: container.TgcFile) -> ContextSymbols:
    """Reads the symbols of a file made with the model of `bundle`.

    Raises:
      BitstreamError: the data is not such a stream, or the features came out differently here.
    """
    model = _model(bundle)
    size = geometry.latent_size(file.height, file.width)
    decoder = RangeDecoder(file.streams[0])
    z, features = payload.decode_head(decoder, *size, bundle.z_tables, bundle.scale_decoder)
    q = context.decode(model, features, lambda tables: decoder.decode(tables, bundle.y_tables))
    decoder.finish()
    return ContextSymbols(z, features, q)


def _model(bundle: Bundle) -> context_model.ContextModel:
    if bundle.context is None:
        raise BundleError(f"{bundle.name} has no context model")
    return bundle.context
