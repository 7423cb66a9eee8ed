"""The ``.tgc`` file: header, optional chunks, entropy-coded streams, checksum.

``docs/format.md`` ("Container") specifies it. An ordinary RGB picture costs 16 bytes on top of its
streams. Only the standard library is used, so that a file can be inspected without any model.
"""

from __future__ import annotations

import os
import zlib
from typing import NamedTuple, Union

from tfgan_codec.errors import BitstreamError, ImageError

Blob = Union[bytes, bytearray, memoryview, str, "os.PathLike[str]"]

MAGIC = b"TGC"
VERSION = 1
MAX_PIXELS = 1 << 28
MAX_METADATA = 1 << 24  # bytes of an ICC profile or EXIF block, unpacked

_FLAG_ICC, _FLAG_EXIF, _FLAG_ALPHA, _FLAG_GREY = 1, 2, 4, 8
_CRC_BYTES = 4
_FIXED_BYTES = len(MAGIC) + 1 + 3  # magic, version and flags, model id
_MAX_VARINT_BYTES = 9  # below 2^63


class File(NamedTuple):
    """What a ``.tgc`` file says, before any model is involved."""

    model_id: bytes  # the first 3 bytes of the model's normative hash
    width: int
    height: int
    quality: int
    streams: tuple[bytes, ...]
    grey: bool = False
    icc: bytes | None = None  # unpacked
    exif: bytes | None = None  # unpacked
    alpha: bytes | None = None  # a greyscale PNG file


class Sizes(NamedTuple):
    """Where the bytes of a file went. Chunks count with their lengths."""

    header: int  # everything that is not listed below
    icc: int
    exif: int
    alpha: int
    streams: tuple[int, ...]


class Parsed(NamedTuple):
    """A parsed file and the account of its bytes."""

    file: File
    sizes: Sizes


def pack(file: File) -> bytes:
    """Serialises a file.

    Raises:
      ImageError: the picture or its metadata is larger than the format allows.
    """
    if not (file.width >= 1 and file.height >= 1 and file.width * file.height <= MAX_PIXELS):
        raise ImageError(
            f"a picture of {file.width}x{file.height} pixels is not supported; "
            f"the format holds 1 to {MAX_PIXELS} pixels"
        )
    flags = _FLAG_GREY if file.grey else 0
    chunks = b""
    for flag, name in ((_FLAG_ICC, "ICC profile"), (_FLAG_EXIF, "EXIF block")):
        data = file.icc if flag == _FLAG_ICC else file.exif
        if data is None:
            continue
        if len(data) > MAX_METADATA:
            raise ImageError(f"the {name} has {len(data)} bytes; the limit is {MAX_METADATA}")
        flags |= flag
        chunks += _chunk(zlib.compress(data, 9))
    if file.alpha is not None:
        flags |= _FLAG_ALPHA
        chunks += _chunk(file.alpha)
    body = b"".join(
        [
            MAGIC,
            bytes([VERSION << 4 | flags]),
            file.model_id,
            _varint(file.width),
            _varint(file.height),
            bytes([file.quality]),
            chunks,
            *[_varint(len(stream)) for stream in file.streams[:-1]],
            *file.streams,
        ]
    )
    return body + zlib.crc32(body).to_bytes(_CRC_BYTES, "little")


def parse(blob: bytes, streams: int = 1) -> Parsed:
    """Reads a file that holds `streams` streams (a property of its model).

    Raises:
      BitstreamError: for anything that `pack` cannot have written; never another exception.
    """
    if blob[: len(MAGIC)] != MAGIC:
        what = "not a .tgc file (wrong magic)" if blob else "the file is empty"
        raise BitstreamError(f"{what}; make one with apps.compress")
    if len(blob) <= len(MAGIC):
        raise BitstreamError(f"the file is cut short ({len(blob)} bytes); copy it again")
    version, flags = blob[3] >> 4, blob[3] & 15
    if version != VERSION:
        raise BitstreamError(
            f"format version {version} is not supported (this reads {VERSION}); "
            "install another version of tfgan_codec"
        )
    smallest = _FIXED_BYTES + 3 + _CRC_BYTES  # one byte each for width, height and quality
    if len(blob) < smallest:
        raise BitstreamError(f"the file is cut short ({len(blob)} bytes); copy it again")
    body, crc = blob[:-_CRC_BYTES], int.from_bytes(blob[-_CRC_BYTES:], "little")
    if zlib.crc32(body) != crc:
        raise BitstreamError("the file is damaged or cut short (wrong checksum); copy it again")

    reader = _Reader(body, _FIXED_BYTES)
    width, height = reader.varint("width"), reader.varint("height")
    if not (width >= 1 and height >= 1 and width * height <= MAX_PIXELS):
        raise BitstreamError(
            f"a picture size of {width}x{height} is out of bounds (1 to {MAX_PIXELS} pixels)"
        )
    quality = reader.take(1, "quality")[0]
    at = [reader.position]
    icc = _unpack(reader.chunk("ICC profile"), "ICC profile") if flags & _FLAG_ICC else None
    at.append(reader.position)
    exif = _unpack(reader.chunk("EXIF block"), "EXIF block") if flags & _FLAG_EXIF else None
    at.append(reader.position)
    alpha = reader.chunk("alpha plane") if flags & _FLAG_ALPHA else None
    at.append(reader.position)
    lengths = [reader.varint("stream length") for _ in range(streams - 1)]
    parts = [reader.take(length, "stream") for length in lengths]
    parts.append(reader.take(len(body) - reader.position, "stream"))

    stream_sizes = tuple(map(len, parts))
    header = len(blob) - (at[3] - at[0]) - sum(stream_sizes)
    sizes = Sizes(header, at[1] - at[0], at[2] - at[1], at[3] - at[2], stream_sizes)
    grey = bool(flags & _FLAG_GREY)
    file = File(blob[4:7], width, height, quality, tuple(parts), grey, icc, exif, alpha)
    return Parsed(file, sizes)


def read_blob(blob: Blob) -> bytes:
    """The bytes of a file given as such or by its path."""
    if isinstance(blob, (bytes, bytearray, memoryview)):
        return bytes(blob)
    try:
        with open(blob, "rb") as stream:
            magic = stream.read(len(MAGIC))
            # Anything else, however large, is refused by its first bytes.
            return magic + stream.read() if magic == MAGIC else magic
    except OSError as error:
        raise BitstreamError(f"cannot read {os.fspath(blob)}: {error.strerror or error}") from error


class _Reader:
    """Takes fields off a byte string, checking that they are there."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data = data
        self.position = position

    def take(self, length: int, what: str) -> bytes:
        end = self.position + length
        if end > len(self._data):
            raise BitstreamError(f"the {what} does not fit in the file; it was not written whole")
        taken = self._data[self.position : end]
        self.position = end
        return taken

    def varint(self, what: str) -> int:
        value = 0
        for i in range(_MAX_VARINT_BYTES):
            byte = self.take(1, what)[0]
            value |= (byte & 0x7F) << (7 * i)
            if byte < 0x80:
                if i and not byte:
                    break  # the same number has a shorter form
                return value
        raise BitstreamError(f"the {what} is not a valid number")

    def chunk(self, what: str) -> bytes:
        return self.take(self.varint(f"length of the {what}"), what)


def _varint(value: int) -> bytes:
    """LEB128: 7 bits per byte, lowest first, the high bit set on all but the last."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _chunk(data: bytes) -> bytes:
    return _varint(len(data)) + data


def _unpack(data: bytes, what: str) -> bytes:
    """Inflates no more than the limit, whatever the data claims to be."""
    inflater = zlib.decompressobj()
    try:
        unpacked = inflater.decompress(data, MAX_METADATA + 1)
    except zlib.error as error:
        raise BitstreamError(f"the {what} cannot be unpacked ({error})") from error
    if len(unpacked) > MAX_METADATA or not inflater.eof or inflater.unused_data:
        raise BitstreamError(f"the {what} is longer than {MAX_METADATA} bytes or incomplete")
    return unpacked
