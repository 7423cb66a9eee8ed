"""Makes the checks of a file in tiles right again after a change."""

from __future__ import annotations

import io
import zlib

from tfgan_codec.errors import BitstreamError
from tfgan_codec.format import header, profiles, tiles
from tfgan_codec.format.fields import Reader, varint


def repaired(data: bytes) -> bytes | None:
    """Returns a file in tiles with right checks of each tile and of the header, whose last tile
    fills it; all other fields stay as they are. None if it is no such file, or breaks off
    before its tiles."""
    try:
        if header.layout(data[:4], len(data)) != header.TILED:
            return None
        stream = io.BytesIO(data)
        stream.seek(7)  # after magic, version and model
        reader = Reader(stream, len(data))
        width, height, _ = (
            reader.varint("width"),
            reader.varint("height"),
            reader.take(1, "quality"),
        )
        if data[3] & header.FLAG_ICC:
            profiles.take(reader)
        if data[3] & header.FLAG_EXIF:
            reader.chunk("EXIF block")
        start, side = reader.position, reader.take(1, "tile side")
        grid = tiles.Grid(height, width, max(side[0], 1))
        count = grid.rows * grid.columns  # perhaps far more than fit
        lengths = []
        for _ in range(count):
            lengths.append(reader.varint("length of a tile"))
            reader.take(4, "checksum of a tile")
        reader.take(4, "check of the header")
    except BitstreamError:
        return None
    records, rest = [], data[reader.position :]
    for length in lengths[:-1]:
        records.append(rest[:length])
        rest = rest[length:]
    records += [rest] if count else []
    entries = [varint(len(record)) + _crc(record) for record in records]
    head = b"".join([data[:start], side, *entries])
    return b"".join([head, _crc(head), *records])


def _crc(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")
