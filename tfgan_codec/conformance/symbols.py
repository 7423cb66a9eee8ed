"""Finds the integers of a file, stage by stage, and their hashes: what the suite compares."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import numpy as np

from tfgan_codec.bundle.layered import LayeredBundle, layers_of
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import context, hyperprior, pyramid
from tfgan_codec.coding.mosaic import Mosaic, Source
from tfgan_codec.errors import BitstreamError
from tfgan_codec.format import container, geometry, payload, tiles
from tfgan_codec.format.container import TgcFile

Hashes = dict[str, str]  # SHA-256 in hex, by stage
_TYPES = {"z": "<i4", "r": "<i4", "q": "<i4", "indexes": "u1", "features": "u1"}


def hashes(bundle: Bundle | LayeredBundle, blob: bytes) -> list[Hashes]:
    """Returns the hashes of a file's symbols, of each layer.

    The stages are z, indexes and r, or z, features and q with a context model, as row-major arrays
    of little-endian integers, 4 bytes each of z, r and q, one byte of others; and "bytes", the
    streams that these symbols are coded to, in the order of the file. The symbols of tiles are put
    together to those of the whole picture first.

    Raises:
      BitstreamError: the file is damaged, or was made with another model.
    """
    file = container.parse(blob).file
    layers = layers_of(bundle)
    if file.model_id != bundle.model_id or file.layers != len(layers):
        raise BitstreamError("the file was made with another model")
    if file.side:
        return [_of_tiles(layers[0], file, blob)]
    if len(layers) > 1:
        return [_of_layer(layer, file, i, len(layers)) for i, layer in enumerate(layers)]
    if layers[0].context is None:
        return [_plain(layers[0], file)]
    symbols = context.read_symbols(layers[0], file)
    return [_hashed(symbols._asdict(), context.encode_symbols(layers[0], symbols))]


def _plain(bundle: Bundle, file: TgcFile) -> Hashes:
    symbols = hyperprior.read_symbols(bundle, file)
    return _hashed(symbols._asdict(), _again(bundle, symbols))


def _of_layer(bundle: Bundle, file: TgcFile, number: int, layers: int) -> Hashes:
    scale = pyramid.scale_of(number + 1, layers)
    height, width = pyramid.shrunk(file.height, file.width, scale)
    one = file._replace(height=height, width=width, streams=file.streams[number : number + 1])
    return _plain(bundle, one)


def _of_tiles(bundle: Bundle, file: TgcFile, blob: bytes) -> Hashes:
    mosaic = Mosaic(bundle, Source(io.BytesIO(blob)), bundle.realisms[0])
    latents = tiles.Box(0, 0, *geometry.latent_size(file.height, file.width))
    streams = []
    for number, stream in enumerate(file.streams):
        box = mosaic.source.grid.pixels(number)
        one = file._replace(height=box.height, width=box.width, streams=(stream,))
        streams.append(_again(bundle, hyperprior.read_symbols(bundle, one)))
    return _hashed(mosaic.symbols(latents)._asdict(), b"".join(streams))


def _again(bundle: Bundle, symbols: payload.Symbols) -> bytes:
    return payload.encode_symbols(symbols, bundle.z_tables, bundle.y_tables)


def _hashed(arrays: dict[str, Any], streams: bytes) -> Hashes:
    stages = {name: np.asarray(x).astype(_TYPES[name]).tobytes() for name, x in arrays.items()}
    stages["bytes"] = streams
    return {name: hashlib.sha256(data).hexdigest() for name, data in stages.items()}
