"""Encodes large pictures in tiles, from strips of pixels, in bounded memory.

The pixels are seen once, from top to bottom. What stays of them are the latents in half precision,
a byte for each pixel; every quality that is tried is computed from these, over the whole picture,
so that all tiles share one quality and the file the size that was asked for.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Callable, Protocol

import numpy as np

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import hyperprior
from tfgan_codec.coding.contract import Refiner
from tfgan_codec.errors import UsageError
from tfgan_codec.format import payload
from tfgan_codec.format.geometry import (
    HYPER_STRIDE,
    STRIDE,
    Array,
    Integers,
    latent_size,
    pad_edges,
    round_half_up,
)
from tfgan_codec.format.payload import MAX_RESIDUAL, Symbols
from tfgan_codec.format.tiles import Grid
from tfgan_codec.pictures.picture import Pixels

_ANALYSIS = 0.6  # the share of the work that it is
_TRY = 0.3  # and of what is left after that, trying a quality
SIDE = 16  # of the tiles that are written, in hyper-latents: 1024 pixels
# Cells of the largest windows of networks: smaller than elsewhere, for a megapixel of a window of
# the analysis network takes 220 megabytes.
_ANALYSIS_CELLS, _CELLS = 5120, 1024
_STRIP = 64  # rows of latents that the hyper-latents are computed of at once
# Is told which share of the work is done, 0..1.
Progress = Callable[[float], None]


class Rows(Protocol):
    """Gives the pixels of a picture from top to bottom."""

    height: int
    width: int

    def read(self, count: int) -> Pixels:
        """Returns the next rows, uint8 [count, width, 3]."""


class StripEncoding:
    """Is the `coding.contract.Encoding` of a picture in tiles: a stream for each."""

    def __init__(self, bundle: Bundle, rows: Rows, side: int, progress: Progress) -> None:
        """Reads and analyses the whole picture; tiles have `side` hyper-latents a side."""
        self._bundle, self._side = bundle, side
        self._progress, self._done = progress, 0.0
        self._size = height, width = latent_size(rows.height, rows.width)
        self._tables = bundle.z_tables, bundle.y_tables
        self._columns = Grid(rows.height, rows.width, side).columns
        padded = [-(-each // HYPER_STRIDE) * HYPER_STRIDE for each in (height, width)]
        self._y = np.zeros((*padded, bundle.channels), np.float16)
        self._analyse(rows)
        bundle.stop("analysis")  # it holds more memory than all that follows needs
        self._z = functools.lru_cache(maxsize=2)(functools.partial(_z, bundle, self._y))

    def streams(self, quality: int) -> tuple[bytes, ...]:
        return tuple(payload.encode_symbols(each, *self._tables) for each in self._tiles(quality))

    def nbytes(self, quality: int) -> float:
        bits = [payload.estimate_bits(each, *self._tables) for each in self._tiles(quality)]
        self._report(self._done + _TRY * (1 - self._done))
        return sum(bits) / 8

    def refined(self, quality: int, nbytes: int, refiner: Refiner) -> tuple[bytes, ...]:
        raise UsageError("pictures in tiles cannot be searched: leave the search out")

    def _analyse(self, rows: Rows) -> None:
        """Fills in the latents, a row of tiles at a time."""
        network = self._bundle.network("analysis")
        reach = -(-self._bundle.halo("analysis") // STRIDE)
        step, height = HYPER_STRIDE * self._side, self._size[0]
        seen = rows.read(0)
        first = read = 0  # row of latents at which `seen` begins, and row of pixels that is next
        for top in range(0, height, step):
            bottom = min(top + step, height)
            start, stop = max(top - reach, 0), min(bottom + reach, height)
            wanted = min(stop * STRIDE, rows.height)
            kept = seen[(start - first) * STRIDE :]
            seen = np.concatenate([kept, rows.read(wanted - read)])
            first, read = start, wanted
            y = network(pad_edges(seen, STRIDE), max_cells=_ANALYSIS_CELLS)
            self._y[top:bottom, : self._size[1]] = y[top - start : bottom - start]
            self._report(_ANALYSIS * bottom / height)

    def _report(self, done: float) -> None:
        self._done = done
        self._progress(done)

    def _tiles(self, quality: int) -> Iterator[Symbols]:
        """Yields the symbols of all tiles at a quality."""
        z = self._z(quality)
        gain, reach = self._bundle.gain[quality], self._bundle.halo("mean")
        for top in range(0, z.shape[0], self._side):
            bottom = min(top + self._side, z.shape[0])
            start = max(top - reach, 0)
            mean = self._bundle.network("mean")(z[start : bottom + reach], max_cells=_CELLS)
            rows = slice(top * HYPER_STRIDE, min(bottom * HYPER_STRIDE, self._size[0]))
            mean = mean[rows.start - start * HYPER_STRIDE :]
            for column in range(self._columns):
                cells = slice(column * self._side, (column + 1) * self._side)
                columns = slice(
                    cells.start * HYPER_STRIDE, min(cells.stop * HYPER_STRIDE, self._size[1])
                )
                v = self._y[rows, columns].astype(np.float32) * gain
                yield _symbols(self._bundle, z[top:bottom, cells], v, mean[: len(v), columns])


def _z(bundle: Bundle, y: Array, quality: int) -> Integers:
    """Returns the hyper-latents of all latents y at a quality, strip by strip."""
    reach = -(-bundle.halo("hyper_analysis") // HYPER_STRIDE) * HYPER_STRIDE
    found = []
    for top in range(0, len(y), _STRIP):
        start, stop = max(top - reach, 0), min(top + _STRIP + reach, len(y))
        v = y[start:stop].astype(np.float32) * bundle.gain[quality]
        z = hyperprior.hyper_latents(bundle, v)
        first = (top - start) // HYPER_STRIDE
        found.append(z[first : first + _STRIP // HYPER_STRIDE])
    return np.concatenate(found)


def _symbols(bundle: Bundle, z: Integers, v: Array, mean: Array) -> Symbols:
    """Rounds the latents v of a tile to its symbols, as `hyperprior.quantize` does."""
    index = payload.index_map(bundle.scale_decoder, z, *v.shape[:2])
    r = np.clip(round_half_up(v - mean), -MAX_RESIDUAL, MAX_RESIDUAL)
    return Symbols(z, index, np.where(index, r, 0).astype(np.int32))
