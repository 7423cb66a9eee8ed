"""How a file of a large picture is cut into tiles, each of which can be read without the others.

``docs/format.md`` ("Tiles") specifies it. A tile holds the coded latents of a square of the picture
and, where there is transparency, the alpha plane of that square. The index before the tiles has
their lengths and checksums, so that a reader of a region fetches what it needs and nothing else.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from tfgan_codec.errors import BitstreamError
from tfgan_codec.format.fields import Reader, varint

CELL = 64  # pixels a side of a hyper-latent, of which tiles consist
LATENTS = 4  # a side of one
MIN_SIDE, MAX_SIDE = 4, 64  # of a tile, in hyper-latents: 256 and 4096 pixels
_CRC_BYTES = 4
_LEAST_ENTRY = 1 + _CRC_BYTES  # bytes of the shortest entry of an index


class Box(NamedTuple):
    """Is a rectangle of pixels, latents or hyper-latents: top <= row < bottom and so on."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.height, self.width

    def per(self, size: int) -> Box:
        """Returns the smallest box in units of `size` that covers this one."""
        return Box(
            self.top // size, self.left // size, -(-self.bottom // size), -(-self.right // size)
        )

    def times(self, size: int) -> Box:
        """Returns this box, given in units of `size`, in single ones."""
        return Box(*(size * each for each in self))

    def within(self, height: int, width: int) -> Box:
        """Returns the part of this box that lies in an array of this size."""
        top, left = max(self.top, 0), max(self.left, 0)
        return Box(top, left, min(self.bottom, height), min(self.right, width))

    def grown(self, by: int) -> Box:
        """Returns the box that is `by` longer to each of its four sides."""
        return Box(self.top - by, self.left - by, self.bottom + by, self.right + by)


class Grid(NamedTuple):
    """Says where the tiles of a picture are. They are numbered row by row, from 0."""

    height: int  # of the picture, in pixels
    width: int
    side: int  # of a tile, in hyper-latents; those at the right and bottom are what is left

    @property
    def rows(self) -> int:
        return -(-self.height // (CELL * self.side))

    @property
    def columns(self) -> int:
        return -(-self.width // (CELL * self.side))

    def __len__(self) -> int:
        return self.rows * self.columns

    def pixels(self, number: int) -> Box:
        """Returns the box of a tile in pixels."""
        row, column = divmod(number, self.columns)
        box = Box(row, column, row + 1, column + 1).times(CELL * self.side)
        return box.within(self.height, self.width)

    def touched(self, pixels: Box) -> Iterator[int]:
        """Yields the numbers of all tiles that have a pixel in a box, in rising order."""
        box = pixels.within(self.height, self.width).per(CELL * self.side)
        for row in range(box.top, box.bottom):
            yield from range(row * self.columns + box.left, row * self.columns + box.right)


class Entry(NamedTuple):
    """Says where the record of a tile lies in the file, and its CRC-32."""

    start: int
    nbytes: int
    crc: int


class Index(NamedTuple):
    """Holds what a file says of its tiles before the first of them."""

    side: int  # of a tile, in hyper-latents
    entries: tuple[Entry, ...]  # in the order of the tiles, one behind the other


class Tile(NamedTuple):
    """Holds the contents of a tile."""

    stream: bytes  # a payload, as of a picture of the tile's size
    alpha: bytes | None = None  # a greyscale PNG file of that size


def pack(body: bytes, side: int, tiles: Sequence[Tile]) -> bytes:
    """Returns the whole file that begins with `body`, the fields before the tile side."""
    records = [
        b"" if tile.alpha is None else varint(len(tile.alpha)) + tile.alpha for tile in tiles
    ]
    records = [record + tile.stream for record, tile in zip(records, tiles)]
    head = [body, bytes([side])]
    head += [varint(len(record)) + _crc(record) for record in records]
    start = b"".join(head)
    return b"".join([start, _crc(start), *records])


def take_index(reader: Reader, stream: IO[bytes], height: int, width: int, stop: int) -> Index:
    """Reads what follows the chunks in a file of a picture of this size, and compares the check of
    all that comes before the tiles.

    Args:
      reader: stands at the tile side.
      stream: the file that it reads.
      height, width: of the picture.
      stop: the length of the file, which the tiles must fill.
    """
    side = reader.take(1, "tile side")[0]
    if not MIN_SIDE <= side <= MAX_SIDE:
        raise BitstreamError(f"a tile side of {side} is not within {MIN_SIDE}..{MAX_SIDE}")
    count = len(Grid(height, width, side))
    if reader.position + count * _LEAST_ENTRY + _CRC_BYTES > stop:
        raise BitstreamError(
            "the index of tiles does not fit in the file; it was not written whole"
        )
    found = []
    for _ in range(count):
        nbytes = reader.varint("length of a tile")
        found.append((nbytes, int.from_bytes(reader.take(_CRC_BYTES, "index of tiles"), "little")))
    end = reader.position
    check = reader.take(_CRC_BYTES, "check of the header")
    stream.seek(0)
    if check != _crc(stream.read(end)):
        raise BitstreamError("the file's header is damaged (wrong checksum); copy it again")
    entries, position = [], reader.position
    for nbytes, crc in found:
        entries.append(Entry(position, nbytes, crc))
        position += nbytes
    if position != stop:
        raise BitstreamError(
            f"the file is cut short or damaged: it has {stop} bytes and says {position}; "
            "copy it again"
        )
    return Index(side, tuple(entries))


def read_tile(stream: IO[bytes], entry: Entry, transparent: bool) -> Tile:
    """Reads one tile of an open file and compares its checksum.

    Args:
      stream: the file.
      entry: the tile's.
      transparent: whether tiles hold an alpha plane.
    """
    stream.seek(entry.start)
    record = stream.read(entry.nbytes)
    if len(record) != entry.nbytes or zlib.crc32(record) != entry.crc:
        raise BitstreamError("a tile of the file is damaged (wrong checksum); copy it again")
    if not transparent:
        return Tile(record)
    fields = Reader(io.BytesIO(record), len(record))
    alpha = fields.skip_chunk("alpha plane of a tile")
    return Tile(record[alpha.stop :], record[alpha])


def _crc(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_CRC_BYTES, "little")
