"""The fields that a ``.tgc`` file is made of (`docs/format.md`, "Container"). Needs no package."""

from __future__ import annotations

import zlib

from tfgan_codec.errors import BitstreamError

MAX_METADATA = 1 << 24  # bytes of an ICC profile or EXIF block, inflated
_MAX_VARINT_BYTES = 9  # below 2^63


class Reader:
    """Reads fields of a byte string one after the other; `BitstreamError` where one is cut off."""

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
    inflater = zlib.decompressobj()
    try:
        unpacked = inflater.decompress(data, MAX_METADATA + 1)
    except zlib.error as error:
        raise BitstreamError(f"the {what} cannot be unpacked ({error})") from error
    if len(unpacked) > MAX_METADATA or not inflater.eof or inflater.unused_data:
        raise BitstreamError(f"the {what} is longer than {MAX_METADATA} bytes or incomplete")
    return unpacked
