"""Files of every version of the format, their checks and checksums made right."""

from __future__ import annotations

import binascii
import io
import zlib

from tests.fuzz.guided import codecs, tiles
from tests.fuzz.guided.target import DATA, Target
from tfgan_codec.errors import TgcError
from tfgan_codec.format import header


def target() -> Target:
    """Returns the target; each file is decoded with the model that its id names, else with the
    first."""
    known = {codec.bundle.model_id: codec for codec in codecs.codecs()}

    def use(data: bytes) -> None:
        codec = known.get(data[4:7], codecs.codecs()[0])
        codecs.decode(codec, data)

    folders = ("golden", "context", "layers", "tiles")
    seeds = [path.read_bytes() for name in folders for path in sorted(DATA.glob(f"{name}/*.tgc"))]
    return Target(seeds, use, repaired)


def repaired(data: bytes) -> bytes:
    """Returns a file with the right first bytes, and right checks of what it has: after its layers,
    in and before its tiles, or of the whole."""
    tiled = tiles.repaired(header.MAGIC + data[len(header.MAGIC) :])
    if tiled is not None:
        return tiled
    body = bytearray(header.MAGIC + data[len(header.MAGIC) : -header.CRC_BYTES])
    try:
        head = header.read(io.BytesIO(bytes(body) + bytes(header.CRC_BYTES)))
        end, lengths = head.start, head.lengths
    except TgcError:
        end, lengths = 0, ()
    for length in lengths:
        end += length
        check = binascii.crc_hqx(body[:end], 0xFFFF).to_bytes(2, "little")
        if end + len(check) > len(body):
            break
        body[end : end + len(check)] = check
        end += len(check)
    return bytes(body) + zlib.crc32(body).to_bytes(header.CRC_BYTES, "little")
