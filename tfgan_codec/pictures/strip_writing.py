"""Writes pictures strip by strip, as PNG, TIFF or PPM, so that they never exist as a whole."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO, Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tfgan_codec.errors import ImageError
from tfgan_codec.pictures.exif import EXIF_PREFIX

_ROWS = 64  # that are filtered at once
_PNG_COLOURS = {"L": 0, "RGB": 2, "LA": 4, "RGBA": 6}
_LEVEL = 3  # of deflate: half the time of the default, and no larger on photographs
_SUB, _UP = 1, 2  # PNG's filters: differences from the left, and from above
_MOST_TIFF = (1 << 32) - (1 << 26)  # bytes: offsets have 32 bits


def can_write(file_format: str, mode: str, exif: bool) -> bool:
    """Whether pictures of a mode, and perhaps with EXIF, can be written in strips in a format of
    Pillow's."""
    if file_format == "PPM":
        return mode in ("L", "RGB")
    return file_format == "PNG" or (file_format == "TIFF" and not exif)


def write(
    stream: BinaryIO,
    file_format: str,
    size: tuple[int, int],
    mode: str,
    strips: Iterable[Image.Image],
) -> None:
    """Writes a picture of a width and height in a format and mode of which `can_write` is true; the
    first strip has its ICC profile and EXIF."""
    _WRITERS[file_format](stream, size, mode, strips)


def _write_png(
    stream: BinaryIO, size: tuple[int, int], mode: str, strips: Iterable[Image.Image]
) -> None:
    def put(kind: bytes, content: bytes) -> None:
        head = struct.pack(">I", len(content)) + kind
        stream.write(head + content + struct.pack(">I", zlib.crc32(kind + content)))

    deflater = zlib.compressobj(_LEVEL)
    above: NDArray[np.uint8] | None = None
    for strip in strips:
        rows = np.asarray(strip).reshape(strip.height, size[0], -1)
        if above is None:
            stream.write(b"\x89PNG\r\n\x1a\n")
            put(b"IHDR", struct.pack(">IIBBBBB", *size, 8, _PNG_COLOURS[mode], 0, 0, 0))
            if "icc_profile" in strip.info:
                profile = zlib.compress(strip.info["icc_profile"], 9)
                put(b"iCCP", b"ICC Profile\0\0" + profile)
            if "exif" in strip.info:
                put(b"eXIf", strip.info["exif"].removeprefix(EXIF_PREFIX))
            above = np.zeros_like(rows[0])
        for top in range(0, len(rows), _ROWS):
            part = rows[top : top + _ROWS]
            data = deflater.compress(_filtered(part, above))
            above = part[-1]
            if data:
                put(b"IDAT", data)
    put(b"IDAT", deflater.flush())
    put(b"IEND", b"")


def _filtered(rows: NDArray[np.uint8], above: NDArray[np.uint8]) -> bytes:
    """Returns rows [n, width, channels], each with the filter that gives smaller differences."""
    up = rows - np.concatenate([above[None], rows[:-1]])
    sub = rows.copy()
    sub[:, 1:] -= rows[:, :-1]
    cost = [np.abs(each.view(np.int8).astype(np.int16)).sum((1, 2)) for each in (sub, up)]
    best = cost[0] <= cost[1]
    data = np.empty((len(rows), 1 + rows[0].size), np.uint8)
    data[:, 0] = np.where(best, _SUB, _UP)
    data[:, 1:] = np.where(best[:, None, None], sub, up).reshape(len(rows), -1)
    return data.tobytes()


def _write_ppm(
    stream: BinaryIO, size: tuple[int, int], mode: str, strips: Iterable[Image.Image]
) -> None:
    kind = b"P5" if mode == "L" else b"P6"
    stream.write(b"%s\n%d %d\n255\n" % (kind, *size))
    for strip in strips:
        stream.write(strip.tobytes())


def _write_tiff(
    stream: BinaryIO, size: tuple[int, int], mode: str, strips: Iterable[Image.Image]
) -> None:
    """Writes a TIFF file of one strip without compression, whose place is known beforehand."""
    channels, profile = len(mode), None
    nbytes = size[0] * size[1] * channels
    if nbytes > _MOST_TIFF:
        raise ImageError(f"a TIFF file cannot hold {nbytes} bytes of pixels; use .png")
    for number, strip in enumerate(strips):
        if not number:
            profile = strip.info.get("icc_profile")
            stream.write(_tiff_head(size, mode, nbytes, profile))
        stream.write(strip.tobytes())


def _tiff_head(size: tuple[int, int], mode: str, nbytes: int, profile: bytes | None) -> bytes:
    """Returns all of a little-endian TIFF file that comes before the pixels."""
    short, long, undefined = 3, 4, 7
    channels = len(mode)
    tags: list[tuple[int, int, int, int | bytes]] = [
        (256, long, 1, size[0]),  # ImageWidth
        (257, long, 1, size[1]),  # ImageLength
        (258, short, channels, struct.pack("<H", 8) * channels),  # BitsPerSample
        (259, short, 1, 1),  # Compression: none
        (262, short, 1, 2 if mode.startswith("RGB") else 1),  # PhotometricInterpretation
        (273, long, 1, 0),  # StripOffsets, filled in below
        (277, short, 1, channels),  # SamplesPerPixel
        (278, long, 1, size[1]),  # RowsPerStrip
        (279, long, 1, nbytes),  # StripByteCounts
    ]
    if mode.endswith("A"):
        tags.append((338, short, 1, 2))  # ExtraSamples: alpha, not multiplied in
    if profile is not None:
        tags.append((34675, undefined, len(profile), profile))
    after = 8 + 2 + 12 * len(tags) + 4
    longer = b""
    entries = b""
    start = after + sum(len(v) for *_, v in tags if isinstance(v, bytes) and len(v) > 4)
    for tag, kind, count, value in tags:
        if tag == 273:
            value = start
        if isinstance(value, int):
            value = struct.pack("<I", value)
        elif len(value) > 4:
            longer, value = longer + value, struct.pack("<I", after + len(longer))
        entries += struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
    head = b"II*\0" + struct.pack("<IH", 8, len(tags))
    return head + entries + struct.pack("<I", 0) + longer


_Writer = Callable[[BinaryIO, "tuple[int, int]", str, Iterable[Image.Image]], None]
_WRITERS: dict[str, _Writer] = {"PNG": _write_png, "TIFF": _write_tiff, "PPM": _write_ppm}
