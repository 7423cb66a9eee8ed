"""What a ``.tgc`` file says before its streams: layout, model, size, metadata, layers or tiles.

``docs/format.md`` ("Container") specifies it. Of an open file nothing more is read than this, so
that a program can ask for the size of a picture without reading, let alone decoding it.
"""

from __future__ import annotations

import io
from typing import IO, NamedTuple

from tfgan_codec.errors import BitstreamError
from tfgan_codec.format import profiles, tiles
from tfgan_codec.format.fields import Reader, inflate

MAGIC = b"TGC"
VERSION, LAYERED, TILED = 1, 2, 3  # the three layouts
MAX_LAYERS = 4
MAX_PIXELS = 1 << 28
NARROWEST = 64  # pixels that a hyper-latent stands for along each side
BOUNDS = f"1 to {MAX_PIXELS} pixels, sides below {NARROWEST} counted as {NARROWEST}"
FLAG_ICC, FLAG_EXIF, FLAG_ALPHA, FLAG_GREY = 1, 2, 4, 8
CRC_BYTES = 4

_FIXED_BYTES = len(MAGIC) + 1 + 3  # magic, version and flags, model id


class Header(NamedTuple):
    """Holds what a file says before its streams."""

    model_id: bytes
    width: int  # of the whole picture
    height: int
    quality: int
    grey: bool
    packed_icc: bytes | int | None  # or the number of a known profile
    packed_exif: bytes | None
    alpha: slice | None  # where the PNG file with the alpha plane lies; tiles have their own
    chunks: tuple[int, int, int]  # bytes of ICC profile, EXIF and alpha, with their length fields
    lengths: tuple[int, ...]  # of all streams but the last, which fills the rest of the file
    start: int  # of the first stream
    transparent: bool  # whether there is an alpha plane
    tiles: tiles.Index | None = None  # of a file in tiles

    @property
    def mode(self) -> str:
        """The picture's mode, see `mode`."""
        return mode(self.grey, self.transparent)

    def metadata(self) -> Metadata:
        """Unpacks the metadata; raises `BitstreamError` where they are damaged."""
        icc, exif = self.packed_icc, self.packed_exif
        return Metadata(
            None if icc is None else profiles.unpacked(icc),
            None if exif is None else inflate(exif, "EXIF block"),
        )


class Metadata(NamedTuple):
    """Holds the metadata of a file."""

    icc: bytes | None
    exif: bytes | None


def area(width: int, height: int) -> int:
    """Returns how many pixels a picture counts for, 0 if a side is not positive.

    Sides below 64 count as 64, since they are padded to it: a picture of 1x1000000 pixels costs
    what one of 64x1000000 costs.
    """
    if width < 1 or height < 1:
        return 0
    return max(width, NARROWEST) * max(height, NARROWEST)


def mode(grey: bool, transparent: bool) -> str:
    """Returns the mode of a picture as Pillow calls it: L, LA, RGB or RGBA."""
    return ("L" if grey else "RGB") + ("A" if transparent else "")


def layout(first: bytes, nbytes: int) -> int:
    """Returns the layout, 1 to 3, of a file that starts with four bytes and has `nbytes` in all;
    raises `BitstreamError` where magic, version or length cannot be right."""
    if first[: len(MAGIC)] != MAGIC:
        what = "not a .tgc file (wrong magic)" if first else "the file is empty"
        raise BitstreamError(f"{what}; make one with apps.compress")
    version = first[3] >> 4 if len(first) > len(MAGIC) else VERSION
    if version not in (VERSION, LAYERED, TILED):
        raise BitstreamError(
            f"format version {version} is not supported (this reads {VERSION} to {TILED}); "
            "install another version of tfgan_codec"
        )
    smallest = _FIXED_BYTES + 3 + CRC_BYTES  # one byte each for width, height and quality
    if nbytes < smallest:
        raise BitstreamError(f"the file is damaged or cut short ({nbytes} bytes); copy it again")
    return version


def read(stream: IO[bytes]) -> Header:
    """Reads the header of an open file, from its start; nothing is checked but the fields, and the
    header's own check in a file in tiles.

    Raises:
      BitstreamError: `container.pack` cannot have written this header.
    """
    stream.seek(0, io.SEEK_END)
    nbytes = stream.tell()
    stream.seek(0)
    first = stream.read(_FIXED_BYTES)
    version = layout(first, nbytes)
    reader = Reader(stream, nbytes - CRC_BYTES if version == VERSION else nbytes)
    width, height = reader.varint("width"), reader.varint("height")
    if not 1 <= area(width, height) <= MAX_PIXELS:
        raise BitstreamError(f"a picture size of {width}x{height} is out of bounds ({BOUNDS})")
    quality, flags = reader.take(1, "quality")[0], first[3] & 15
    at = [reader.position]
    icc = profiles.take(reader) if flags & FLAG_ICC else None
    at.append(reader.position)
    exif = reader.chunk("EXIF block") if flags & FLAG_EXIF else None
    at.append(reader.position)
    transparent = bool(flags & FLAG_ALPHA)
    alpha = reader.skip_chunk("alpha plane") if transparent and version != TILED else None
    at.append(reader.position)
    lengths = _layer_lengths(reader) if version == LAYERED else ()
    index = tiles.take_index(reader, stream, height, width, nbytes) if version == TILED else None
    return Header(
        first[4:],
        width,
        height,
        quality,
        bool(flags & FLAG_GREY),
        icc,
        exif,
        alpha,
        (at[1] - at[0], at[2] - at[1], at[3] - at[2]),
        lengths,
        reader.position,
        transparent,
        index,
    )


def _layer_lengths(reader: Reader) -> tuple[int, ...]:
    """Reads the lengths in bytes of all streams but the last.

    The first number holds the first length and, in its last two bits, how many lengths there are.
    """
    first, coarser = divmod(reader.varint("length of a layer"), MAX_LAYERS)
    if not coarser:
        raise BitstreamError("the file says that it has layers, and then that it has one")
    return (first, *(reader.varint("length of a layer") for _ in range(coarser - 1)))
