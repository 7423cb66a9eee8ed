"""The fields that a ``.tgc`` file is made of (`docs/format.md`, "Container"). Needs no package."""

from __future__ import annotations

import zlib
from typing import IO

from tfgan_codec.errors import BitstreamError

MAX_METADATA = 1 << 24  # bytes of an ICC profile or EXIF block, inflated
MAX_PACKED = MAX_METADATA + (1 << 13)  # and deflated: zlib adds a little to what it cannot shorten
_PIECE = 1 << 16  # bytes that are inflated at once to count them
_MAX_VARINT_BYTES = 9  # below 2^63


class Reader:
    """Reads fields of an open file one after the other; `BitstreamError` where one is cut off.

    Attributes:
      position: of the next field, in bytes from the start of the file.
    """

    def __init__(self, stream: IO[bytes], stop: int) -> None:
        """Starts where `stream` stands; no field reaches beyond the first `stop` bytes."""
        self._stream = stream
        self._stop = stop
        self.position = stream.tell()

    def take(self, length: int, what: str) -> bytes:
        """Returns the next `length` bytes."""
        self._check(length, what)
        taken = self._stream.read(length)
        if len(taken) != length:  # somebody has cut the file meanwhile
            raise _cut_off(what)
        self.position += length
        return taken

    def varint(self, what: str) -> int:
        """Returns the number that follows."""
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
        """Returns the contents of the chunk that follows, packed metadata."""
        return self.packed(self.varint(f"length of the {what}"), what)

    def packed(self, length: int, what: str) -> bytes:
        """Returns packed metadata of `length` bytes."""
        self._check(length, what)
        if length > MAX_PACKED:
            raise BitstreamError(f"the {what} has {length} bytes; at most {MAX_PACKED} are allowed")
        return self.take(length, what)

    def skip_chunk(self, what: str) -> slice:
        """Returns where the contents of the chunk that follows lie, without reading them."""
        length = self.varint(f"length of the {what}")
        self._check(length, what)
        start = self.position
        self.position += length
        self._stream.seek(self.position)
        return slice(start, self.position)

    def _check(self, length: int, what: str) -> None:
        if self.position + length > self._stop:
            raise _cut_off(what)


def _cut_off(what: str) -> BitstreamError:
    return BitstreamError(f"the {what} does not fit in the file; it was not written whole")


def varint(value: int) -> bytes:
    """Returns a number as LEB128: 7 bits per byte, lowest first, high bit set but in the last."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def chunk(data: bytes) -> bytes:
    return varint(len(data)) + data


def inflate(data: bytes, what: str) -> bytes:
    """Unpacks zlib data; raises `BitstreamError` if damaged or longer than `MAX_METADATA` bytes."""
    inflater, rest, size = zlib.decompressobj(), data, 0
    try:
        # Counted first, in pieces, so that what is too long costs no memory.
        while not inflater.eof and size <= MAX_METADATA:
            piece = inflater.decompress(rest, _PIECE)
            rest, size = inflater.unconsumed_tail, size + len(piece)
            if not piece and not rest:
                break  # more would have to follow
    except zlib.error as error:
        raise BitstreamError(f"the {what} cannot be unpacked ({error})") from error
    if size > MAX_METADATA or not inflater.eof or inflater.unused_data:
        raise BitstreamError(f"the {what} is longer than {MAX_METADATA} bytes or incomplete")
    return zlib.decompress(data, bufsize=max(size, 1))
