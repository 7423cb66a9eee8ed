"""Codes pictures with a bundle in layers: a stream for each size of the picture, one quality."""

from __future__ import annotations

from typing import NamedTuple

from tfgan_codec.bundle.layered import LayeredBundle
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import hyperprior, pyramid
from tfgan_codec.coding.contract import Encoding, OneEncoding, to_bytes
from tfgan_codec.format import container, payload
from tfgan_codec.format.geometry import Floats, latent_size
from tfgan_codec.pictures.picture import Pixels


class LayeredCoder:
    """Is the `coding.contract.PictureCoder` of bundles in layers."""

    qualities = 1

    def __init__(self, bundle: LayeredBundle) -> None:
        self._bundle = bundle
        self.layers = len(bundle.layers)

    def encode(self, rgb: Pixels) -> Encoding:
        # The most faithful decoder predicts the larger sizes best.
        return OneEncoding(pyramid.encode(rgb, self._codecs(self._bundle.realisms[0])))

    def decode(self, file: container.TgcFile, realism: float) -> Pixels:
        codecs = self._codecs(realism)
        for number, (data, codec) in enumerate(zip(file.streams, codecs)):
            scale = pyramid.scale_of(number + 1, self.layers)
            size = latent_size(*pyramid.shrunk(file.height, file.width, scale))
            payload.require_length(len(data), *size, codec.bundle.z_tables)
        return to_bytes(pyramid.decode(file.streams, codecs, file.height, file.width))

    def _codecs(self, realism: float) -> list[_LayerCodec]:
        return [_LayerCodec(bundle, realism) for bundle in self._bundle.layers]


class _LayerCodec(NamedTuple):
    """Is the `pyramid.LayerCodec` of one size of the picture, made of that size's bundle."""

    bundle: Bundle
    realism: float

    def encode(self, x: Floats) -> bytes:
        symbols = hyperprior.quantize(self.bundle, self.bundle.network("analysis")(x), 0)
        return payload.encode_symbols(symbols, self.bundle.z_tables, self.bundle.y_tables)

    def decode(self, data: bytes, height: int, width: int) -> Floats:
        synthesis = self.bundle.network("synthesis", self.realism)
        tables = self.bundle.z_tables, self.bundle.y_tables
        size = latent_size(height, width)
        symbols = payload.decode_symbols(data, *size, *tables, self.bundle.scale_decoder)
        decoded: Floats = synthesis(hyperprior.dequantize(self.bundle, symbols, 0))
        return decoded
