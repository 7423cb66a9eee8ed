"""Reads large pictures in strips, from top to bottom, so that they need not fit into memory.

Pillow reads whole pictures. But a strip of a PNG or PPM file can be made a small file of the same
format, which Pillow reads like any other; so every kind of such files comes out as it always does.
Pictures of other formats are held in memory as bytes, three for a pixel.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import BinaryIO, Callable, Protocol

import numpy as np
from PIL import Image

from tfgan_codec.errors import ImageError
from tfgan_codec.pictures.exif import upright
from tfgan_codec.pictures.modes import converted
from tfgan_codec.pictures.picture import Picture

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_COPIED = 128  # rows that Pillow is given at once


class Strips(Protocol):
    """Gives the rows of a picture from top to bottom.

    Attributes:
      height, width: of the picture, in pixels.
      first: the picture without any rows: whether it is grey, its profile and its EXIF.
      transparent: whether it has an alpha plane.
    """

    height: int
    width: int
    first: Picture
    transparent: bool

    def read(self, count: int) -> Picture:
        """Returns the next `count` rows."""


def open_strips(image: Image.Image, stream: BinaryIO | None) -> Strips:
    """Returns the strips of a picture that is open but not loaded, nor to be used further.

    Args:
      image: the picture.
      stream: the file it was opened from, if there is one.
    """
    # Asked for EXIF that there is not, a PNG image would read all pixels, for EXIF behind them.
    bare = Image.new("RGB", (1, 1))
    bare.info = dict(image.info)
    if stream is not None and bare.getexif().get(_ORIENTATION, 1) == 1:
        maker = _FORMATS.get(image.format or "")
        cut = maker(image, stream) if maker else None
        if cut is not None:
            return _FileStrips(image, cut, upright(bare)[1])
    return _MemoryStrips(image, ours=stream is not None)


_ORIENTATION = 0x0112
# Returns the next rows of a file, so many, as an image.
Cut = Callable[[int], Image.Image]


class _FileStrips:
    """Reads strips of an open file."""

    def __init__(self, image: Image.Image, cut: Cut, exif: bytes | None) -> None:
        self.width, self.height = image.size
        self._cut, self._icc, self._exif = cut, image.info.get("icc_profile") or None, exif
        self._kept: Image.Image | None = cut(1)  # read to see what strips will be like
        one = self._picture(self._kept)
        self.first, self.transparent = _without_rows(one), one.alpha is not None

    def read(self, count: int) -> Picture:
        parts = []
        while count:
            image = self._kept or self._cut(min(count, _COPIED))
            self._kept = None
            parts.append(self._picture(image))
            count -= image.height
        if not parts:
            return self.first
        alphas = [part.alpha for part in parts if part.alpha is not None]
        rgb = np.concatenate([part.rgb for part in parts])
        return self.first._replace(rgb=rgb, alpha=np.concatenate(alphas) if alphas else None)

    def _picture(self, image: Image.Image) -> Picture:
        return picture_of(*converted(image, self._icc), self._exif)


class _MemoryStrips:
    """Gives strips of a picture that is held in memory."""

    def __init__(self, image: Image.Image, ours: bool) -> None:
        """Copies an image, which is `ours` to close."""
        image.load()
        icc = image.info.get("icc_profile") or None
        upright_image, exif = upright(image)
        self.width, self.height = upright_image.size
        one = picture_of(*converted(_rows(upright_image, 0, 1), icc), exif)
        self.first, self.transparent = _without_rows(one), one.alpha is not None
        bands = 3 + self.transparent
        self._pixels = np.empty((self.height, self.width, bands), np.uint8)
        for top in range(0, self.height, _COPIED):
            part = picture_of(*converted(_rows(upright_image, top, _COPIED), icc), exif)
            self._pixels[top : top + _COPIED, :, :3] = part.rgb
            if part.alpha is not None:
                self._pixels[top : top + _COPIED, :, 3] = part.alpha
        for each in (upright_image, image):  # Pillow takes four bytes for a pixel
            if ours or each is not image:
                each.close()
        self._top = 0

    def read(self, count: int) -> Picture:
        rows = self._pixels[self._top : self._top + count]
        self._top += count
        plane = np.ascontiguousarray(rows[..., 3]) if self.transparent else None
        return self.first._replace(rgb=np.ascontiguousarray(rows[..., :3]), alpha=plane)


def picture_of(image: Image.Image, icc: bytes | None, exif: bytes | None) -> Picture:
    """Returns an image of mode L, LA, RGB or RGBA as a picture, with a profile if that fits it."""
    plane = np.asarray(image.getchannel("A")) if "A" in image.mode else None
    grey = image.mode in ("L", "LA")
    if icc is not None and icc[16:20] != (b"GRAY" if grey else b"RGB "):
        icc = None  # readers reject or misuse a profile for other channels than the picture has
    return Picture(np.asarray(image.convert("RGB")), grey, plane, icc, exif)


def _without_rows(picture: Picture) -> Picture:
    plane = None if picture.alpha is None else picture.alpha[:0]
    return picture._replace(rgb=picture.rgb[:0], alpha=plane)


def _rows(image: Image.Image, top: int, count: int) -> Image.Image:
    cut = image.crop((0, top, image.width, min(top + count, image.height)))
    cut.info = image.info
    return cut


def _of_ppm(image: Image.Image, stream: BinaryIO) -> Cut | None:
    """Cuts a PGM or PPM file of 8 bits, whose rows follow a header as they are."""
    names = {"L": b"P5", "RGB": b"P6"}
    (kind, _, offset, *_), *others = image.tile  # type: ignore[attr-defined]
    if kind != "raw" or others or image.mode not in names:
        return None
    width, nbytes = image.width, image.width * len(image.getbands())
    stream.seek(offset)

    def cut(count: int) -> Image.Image:
        head = b"%s %d %d 255\n" % (names[image.mode], width, count)
        return _loaded(head + stream.read(count * nbytes))

    return cut


def _of_png(image: Image.Image, stream: BinaryIO) -> Cut | None:
    """Cuts a PNG file of 8 bits that is not interlaced. The filter of a strip's first row may need
    the row above, which the small file begins with."""
    stream.seek(len(_PNG))
    _, header = _png_chunk(stream)
    *_, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if interlaced or bits != 8:
        return None
    nbytes = 1 + image.width * _PNG_CHANNELS[colour]  # of a row and its filter
    before, data = b"", b""
    for kind, content in iter(lambda: _png_chunk(stream), (b"IEND", b"")):
        if kind == b"IDAT":
            data = content
            break
        if kind in (b"PLTE", b"tRNS", b"sBIT"):
            before += _png_bytes(kind, content)
    rows = _Inflated(stream, data)
    above = b""  # the last row so far, as stored, without its filter

    def cut(count: int) -> Image.Image:
        nonlocal above
        filtered = rows.read(count * nbytes)
        if len(filtered) != count * nbytes:
            raise ImageError("the picture is cut short; copy it again")
        skipped = 1 if above else 0
        small = struct.pack(">II", image.width, count + skipped) + header[8:]
        stored = (b"\0" + above if above else b"") + filtered
        body = _png_bytes(b"IDAT", zlib.compress(stored, 0)) + _png_bytes(b"IEND", b"")
        whole = _loaded(_PNG + _png_bytes(b"IHDR", small) + before + body)
        above = _rows(whole, whole.height - 1, 1).tobytes()
        return _rows(whole, skipped, count) if skipped else whole

    return cut


class _Inflated:
    """Inflates the IDAT chunks of a PNG file as they are asked for."""

    def __init__(self, stream: BinaryIO, data: bytes) -> None:
        """Goes on where `stream` stands, behind the first of them, which holds `data`."""
        self._stream, self._rest = stream, data
        self._inflater = zlib.decompressobj()

    def read(self, count: int) -> bytes:
        """Returns the next `count` bytes; fewer where the file ends."""
        parts, missing = [], count
        while missing:
            if not self._rest:
                kind, self._rest = _png_chunk(self._stream)
                if kind != b"IDAT":
                    break
                continue
            part = self._inflater.decompress(self._rest, missing)
            self._rest = self._inflater.unconsumed_tail
            missing -= len(part)
            parts.append(part)
            if self._inflater.eof:
                break
        return b"".join(parts)


def _png_chunk(stream: BinaryIO) -> tuple[bytes, bytes]:
    """Reads a chunk, whose checksum must be right; returns its kind and contents."""
    length, kind = struct.unpack(">I4s", stream.read(8))
    content = stream.read(length)
    if stream.read(4) != zlib.crc32(kind + content).to_bytes(4, "big"):
        raise ImageError("the picture is damaged (wrong checksum); copy it again")
    return kind, content


def _png_bytes(kind: bytes, content: bytes) -> bytes:
    crc = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)


def _loaded(contents: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(contents), formats=["PNG", "PPM"])
    image.load()
    return image


_FORMATS = {"PNG": _of_png, "PPM": _of_ppm}
