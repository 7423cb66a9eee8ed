"""Decodes any part of a picture, of a file in tiles from the tiles around it alone.

The networks know no tiles: they run over what the tiles give together, with as much around a part
as its pixels depend on. So parts fit together without seams, and memory is bounded by theirs.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

import numpy as np

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import hyperprior
from tfgan_codec.coding.contract import to_bytes
from tfgan_codec.errors import BitstreamError
from tfgan_codec.format import container, header, payload, tiles
from tfgan_codec.format.geometry import Array, Floats, latent_size
from tfgan_codec.format.payload import Symbols
from tfgan_codec.format.tiles import CELL, LATENTS, Box, Grid, Tile
from tfgan_codec.pictures import alpha
from tfgan_codec.pictures.picture import Pixels

_STRIDE = CELL // LATENTS  # pixels a side of a latent
_STRIP = 1024  # rows of pixels that `strips` gives at once: those of a tile as encoders make it
_KEPT = 16  # tiles that stay parsed, as the next region may lie beside the one before


class Source:
    """Gives the tiles of an open file; one without tiles is a single tile.

    Attributes:
      head: what the file says before its streams.
      grid: where its tiles are.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        """Reads the header of an open file, of which only its tiles are read later."""
        self.head = head = header.read(stream)
        self._stream = stream
        self._whole: Tile | None = None
        side = max(-(-head.height // CELL), -(-head.width // CELL))
        if head.tiles is not None:
            side = head.tiles.side
        else:
            stream.seek(0)
            file = container.parse(stream.read(), metadata=False).file
            if file.layers > 1:
                raise BitstreamError(
                    "the file is in layers, of which only the whole picture can be read"
                )
            self._whole = Tile(file.streams[0], file.alpha)
        self.grid = Grid(head.height, head.width, side)

    def tile(self, number: int) -> Tile:
        """Reads a tile."""
        if self._whole is not None or self.head.tiles is None:
            assert self._whole is not None
            return self._whole
        return tiles.read_tile(self._stream, self.head.tiles.entries[number], self.head.transparent)

    def nbytes(self, number: int) -> int:
        """Returns the length of a tile's record."""
        if self.head.tiles is None:
            return len(self.tile(number).stream)
        return self.head.tiles.entries[number].nbytes


class Mosaic:
    """Decodes parts of one picture.

    Attributes:
      source: the file's tiles.
      box: the whole picture.
    """

    def __init__(self, bundle: Bundle, source: Source, realism: float) -> None:
        self.source = source
        self._bundle, self._realism = bundle, realism
        self._reach = bundle.halo("synthesis", realism)  # complains before the work is done
        self._mean_reach = bundle.halo("mean")
        grid = source.grid
        self.box = Box(0, 0, grid.height, grid.width)
        self._latents = latent_size(grid.height, grid.width)
        self._parsed: OrderedDict[int, Future[Symbols]] = OrderedDict()
        self._worker: ThreadPoolExecutor | None = None
        self._kept = _KEPT  # how many tiles stay parsed
        for number in range(len(grid)):
            payload.require_length(
                source.nbytes(number), *_latent_box(grid, number).size, bundle.z_tables
            )

    def pixels(self, box: Box) -> Pixels:
        """Returns the pixels of a box, uint8 [height, width, 3]."""
        if box.height <= _STRIP:
            return self._pixels(box)
        whole = np.empty((*box.size, 3), np.uint8)
        for part in self.strips(box):
            _paste(whole, box, self._pixels(part), part)
        return whole

    def _pixels(self, box: Box) -> Pixels:
        wanted = box.per(_STRIDE)
        around = wanted.grown(self._reach).within(*self._latents)
        synthesis = self._bundle.network("synthesis", self._realism)
        decoded: Pixels = synthesis(self._y_hat(around), finish=to_bytes)
        return _cut(decoded, box, around.times(_STRIDE))

    def alpha(self, box: Box) -> Pixels:
        """Returns the alpha plane of a box, uint8 [height, width], of a file that has one."""
        plane = np.empty((box.height, box.width), np.uint8)
        for number in self.source.grid.touched(box):
            at = self.source.grid.pixels(number)
            data = self.source.tile(number).alpha
            if data is None:
                raise BitstreamError("a tile of the file has no alpha plane")
            _paste(plane, box, alpha.unpack(data, at.width, at.height), at)
        return plane

    def strips(self, box: Box) -> Iterator[Box]:
        """Yields boxes that cover a box from top to bottom, as wide as it, of up to 1024 rows; the
        tiles of the next are parsed while the networks run over one."""
        tops = [box.top, *range((box.top // _STRIP + 1) * _STRIP, box.bottom, _STRIP), box.bottom]
        parts = [box._replace(top=top, bottom=bottom) for top, bottom in zip(tops, tops[1:])]
        self._worker = ThreadPoolExecutor(1)
        try:
            for part, following in zip(parts, [*parts[1:], None]):
                numbers = self._needed(part)
                numbers += [] if following is None else self._needed(following)
                self._kept = len(set(numbers))
                self._ask(numbers)
                yield part
        finally:
            self._worker.shutdown(cancel_futures=True)
            self._worker, self._kept = None, _KEPT
            self._parsed.clear()

    def _needed(self, pixels: Box) -> list[int]:
        """Returns the numbers of the tiles that a box of pixels takes."""
        reach = self._reach + LATENTS * (self._mean_reach + 1)
        return list(self.source.grid.touched(pixels.grown(reach * _STRIDE)))

    def _ask(self, numbers: list[int]) -> None:
        """Has tiles parsed, beside what else is going on if there is a worker."""
        for number in numbers:
            if number in self._parsed:
                self._parsed.move_to_end(number)
            elif self._worker is not None:
                self._parsed[number] = self._worker.submit(self._parse, number)
            else:
                done: Future[Symbols] = Future()
                self._parsed[number] = done
                done.set_result(self._parse(number))
        while len(self._parsed) > max(self._kept, len(numbers)):
            self._parsed.popitem(last=False)

    def _parse(self, number: int) -> Symbols:
        """Returns the symbols of a tile, in the smallest types that hold them."""
        size, bundle = _latent_box(self.source.grid, number).size, self._bundle
        tables = bundle.z_tables, bundle.y_tables
        stream = self.source.tile(number).stream
        symbols = payload.decode_symbols(stream, *size, *tables, bundle.scale_decoder)
        return Symbols(_compact(symbols.z), symbols.indexes, _compact(symbols.r))

    def _y_hat(self, box: Box) -> Floats:
        """Returns the decoded latents of a box of latents."""
        z_size = tuple(-(-side // LATENTS) for side in self._latents)
        z_box = box.per(LATENTS).grown(self._mean_reach).within(*z_size)
        around = z_box.times(LATENTS).within(*self._latents)
        quality = self.source.head.quality
        y_hat = hyperprior.dequantize(self._bundle, self.symbols(around), quality)
        return _cut(y_hat, box, around)

    def symbols(self, box: Box) -> Symbols:
        """Returns what the tiles say of a box of latents, whose corners are those of hyper-latents
        or of the picture."""
        numbers = list(self.source.grid.touched(box.times(_STRIDE)))
        self._ask(numbers)
        parts = [self._parsed[number].result() for number in numbers]
        boxes = [_latent_box(self.source.grid, number) for number in numbers]
        z = [part.z for part in parts]
        return Symbols(
            _together(box.per(LATENTS), z, [at.per(LATENTS) for at in boxes]),
            _together(box, [part.indexes for part in parts], boxes),
            _together(box, [part.r for part in parts], boxes),
        )


def _latent_box(grid: Grid, number: int) -> Box:
    """Returns the box of a tile in latents."""
    return grid.pixels(number).per(_STRIDE)


def _compact(x: Array) -> Array:
    """Returns integers in 16 bits if they fit."""
    if x.size and max(-int(x.min()), int(x.max())) < 1 << 15:
        return x.astype(np.int16)
    return x


def _together(box: Box, parts: list[Array], boxes: list[Box]) -> Array:
    """Returns the array of a box, of parts that lie at boxes and cover it."""
    # A part in a small type may lie beside one in a large one.
    kind = np.result_type(*(part.dtype for part in parts))
    whole = np.empty((*box.size, parts[0].shape[2]), kind)
    for part, at in zip(parts, boxes):
        _paste(whole, box, part, at)
    return whole


def _cut(x: Array, box: Box, at: Box) -> Array:
    """Returns the part of an array, which lies at a box, that another box inside it has."""
    rows = slice(box.top - at.top, box.bottom - at.top)
    return x[rows, box.left - at.left : box.right - at.left]


def _paste(whole: Array, box: Box, part: Array, at: Box) -> None:
    """Writes what a part, which lies at `at`, and a whole, which lies at `box`, have in common."""
    common = Box(*map(max, box[:2], at[:2]), *map(min, box[2:], at[2:]))
    if common.height > 0 and common.width > 0:
        _cut(whole, common, box)[...] = _cut(part, common, at)
