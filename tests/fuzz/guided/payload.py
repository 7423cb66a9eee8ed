"""Streams behind a head that is right, so that the check of the scales lets them through.

An input says which model, how large the picture is and what the hyper-latents are; what is left of
it is what the range decoder reads after them. The last model is the first, its file in tiles.
"""

from __future__ import annotations

import numpy as np

from tests.fuzz.guided import codecs
from tests.fuzz.guided.target import Target
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.format import container, payload, tiles
from tfgan_codec.format.rangecoder import RangeEncoder
from tfgan_codec.format.tables import uniform_tables

_MOST = 100  # pixels a side: enough for two hyper-latents each way
_SIDE = tiles.MIN_SIDE * tiles.CELL  # pixels of a tile
_HEAD = 6  # bytes: model, width, height, quality, seed and range of the hyper-latents


def target() -> Target:
    """Returns the target, whose seeds have streams of zeros, of ones and of noise."""
    rng = np.random.default_rng(0)
    seeds = [
        bytes([model, 90, 70, 100, 1, reach]) + rest
        for model in range(4)
        for reach in (0, 3, 255)
        for rest in (b"", bytes(200), b"\xff" * 200, rng.bytes(400))
    ]
    return Target(seeds, use)


def use(data: bytes) -> None:
    """Decodes the file that an input describes."""
    which, width, height, quality, seed, reach = data[:_HEAD].ljust(_HEAD, b"\1")
    rest = np.frombuffer(data[_HEAD:], np.uint8).astype(np.int32)
    width, height, tiled = width % _MOST + 1, height % _MOST + 1, which % 4 == 3
    codec = codecs.codecs()[0 if tiled else which % 4]
    if tiled:  # up to two of them each way
        width, height = width * 2 * _SIDE // _MOST, height * 2 * _SIDE // _MOST
        grid = tiles.Grid(height, width, tiles.MIN_SIDE)
        sizes = [grid.pixels(number).size for number in range(len(grid))]
        layers = (codecs.layers_of(codec)[0],) * len(grid)
    else:
        layers = codecs.layers_of(codec)
        scales = [1 << i for i in reversed(range(len(layers)))]
        sizes = [(-(-height // scale), -(-width // scale)) for scale in scales]
    parts = np.array_split(rest, len(layers))
    streams = tuple(
        _stream(layer, size, seed + number, reach % 64, part)
        for number, (layer, size, part) in enumerate(zip(layers, sizes, parts))
    )
    file = container.TgcFile(codec.bundle.model_id, width, height, quality, streams)
    codecs.decode(codec, container.pack(file._replace(side=tiles.MIN_SIDE if tiled else 0)))


def _stream(
    bundle: Bundle, pixels: tuple[int, int], seed: int, reach: int, rest: np.ndarray
) -> bytes:
    h, w = (-(-side // 16) for side in pixels)
    size = (-(-h // 4), -(-w // 4), bundle.hyper_channels)
    z = np.random.default_rng(seed).integers(-reach, reach + 1, size).astype(np.int32)
    encoder = RangeEncoder()
    index = payload.index_map(bundle.scale_decoder, z, h, w)
    payload.encode_head(encoder, z, index, bundle.z_tables)
    encoder.encode(rest, np.zeros(rest.size, int), uniform_tables(256))
    return payload.finish(encoder, z, bundle.z_tables)
