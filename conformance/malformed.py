"""Makes files that a decoder must refuse: golden files, with one rule of the format broken.

Checksums are right wherever they are not what is broken, so that a decoder gets as far as the rule.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import context, hyperprior
from tfgan_codec.format import container, geometry, payload, tiles
from tfgan_codec.format.fields import chunk, varint
from tfgan_codec.format.rangecoder import RangeEncoder

BITSTREAM = "bitstream"  # the class of their errors
TOO_LARGE = "image/bitstream"  # either: it depends on what is looked at first


class Malformed(NamedTuple):
    """Is a file that must be refused. Fields are those of the suite's manifest, but for `blob`."""

    name: str
    version: str
    model: str
    level: str  # "symbols", or "pixels" where a decoder of symbols need not look
    error: str
    blob: bytes


def files(data: Path) -> list[Malformed]:
    """Returns all of them; `data` is the folder of the tests' files."""
    tiny = Bundle.load(data / "tiny")
    context_model = Bundle.load(data / "context" / "bundle.zip")
    good = {path.stem: path.read_bytes() for path in (data / "golden").glob("*.tgc")}
    layers, one = ((data / name / "file.tgc").read_bytes() for name in ("layers", "context"))
    return [
        *_made("plain", "tiny", "symbols", _frames(good["high"])),
        *_made("plain", "tiny", "symbols", _fields(good["high"])),
        *_made("plain", "tiny", "symbols", _streams(tiny, good["high"])),
        *_made("plain", "tiny", "symbols", _large(good["high"]), TOO_LARGE),
        *_made("plain", "tiny", "pixels", _metadata(good["high"])),
        *_made("plain", "tiny", "pixels", _alpha(good["alpha"])),
        *_made("layers", "layered", "symbols", _layers(layers)),
        *_made("tiles", "tiny", "symbols", _tiles(tiny)),
        *_made("context", "context", "symbols", _context(context_model, one)),
    ]


def _made(
    version: str,
    model: str,
    level: str,
    blobs: Iterator[tuple[str, bytes]],
    error: str = BITSTREAM,
) -> Iterator[Malformed]:
    for name, blob in blobs:
        yield Malformed(f"bad-{version}-{name}", version, model, level, error, blob)


def _whole(body: bytes) -> bytes:
    """Returns a file of version 1 or 2: its body, and the checksum."""
    return body + zlib.crc32(body).to_bytes(4, "little")


def _frames(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Files whose first bytes, length or checksum are wrong."""
    yield "empty", b""
    yield "magic", b"TGD" + good[3:]
    yield "magic-alone", good[:3]
    for version in (0, 4, 15):
        body = good[:3] + bytes([version << 4]) + good[4:-4]
        yield f"version-{version}", _whole(body)
    yield "thirteen-bytes", _whole(good[:9])
    yield "cut", good[:-10]
    yield "longer", good + b"\0"
    yield "flipped-bit", good[:50] + bytes([good[50] ^ 1]) + good[51:]
    yield "checksum", good[:-1] + bytes([good[-1] ^ 0x80])


def _fields(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Files with a field that is out of bounds. The picture has 200x136 pixels: 2 + 2 bytes."""
    start, rest = good[:7], good[11:-4]
    sizes = {
        "width-0": varint(0) + varint(136),
        "height-0": varint(200) + varint(0),
        "width-long-form": b"\xc8\x81\x00" + varint(136),
        "width-2-to-63": b"\x80" * 9 + b"\x01" + varint(136),
        "width-without-end": b"\xff" * 12,
        "pixels": varint(1 << 14) + varint((1 << 14) + 1),
        "narrow": varint(1) + varint((1 << 22) + 1),
    }
    for name, size in sizes.items():
        yield name, _whole(start + size + rest)
    yield "model", _whole(good[:4] + b"\1\2\3" + good[7:-4])
    flagged = good[:3] + b"\x11" + good[4:12]  # an ICC profile would follow
    yield "chunk-beyond-the-end", _whole(flagged + varint(10**6) + good[12:-4])
    yield "chunk-without-length", _whole(flagged)


def _streams(model: Bundle, good: bytes) -> Iterator[tuple[str, bytes]]:
    """Files whose stream cannot be parsed."""
    file = container.parse(good).file
    stream, tables = file.streams[0], (model.z_tables, model.y_tables)

    def packed(other: bytes, size: int = 200) -> bytes:
        return container.pack(file._replace(streams=(other,), width=size, height=136))

    yield "stream-empty", packed(b"", size=4096)
    least = payload.least_bytes(9, 256, model.z_tables)
    yield "stream-shorter-than-least", packed(b"\x55" * (least - 1), size=4096)
    yield "stream-of-another-size", packed(stream, size=264)
    yield "stream-with-more", packed(stream + b"\0\0\0\0")
    yield "stream-with-a-wrong-end", packed(stream[:-1] + bytes([stream[-1] ^ 0xFF]))
    yield "stream-of-noise", packed(np.random.default_rng(1).bytes(400))
    symbols = hyperprior.read_symbols(model, file)
    other = symbols.indexes.copy()
    other[0, 0, 0] ^= 1
    changed = payload.encode_symbols(symbols._replace(indexes=other), *tables)
    yield "index-check", packed(changed)
    encoder = RangeEncoder()
    z = np.full_like(symbols.z, 128)
    encoder.encode(z, payload.channel_numbers(z.shape), model.z_tables)
    yield "hyper-latent-128", packed(encoder.finish())
    escapes = RangeEncoder()
    escapes.encode([(1 << 29) + 1], [0], model.z_tables)
    yield "escape-too-long", packed(escapes.finish()[:2] + bytes(60))


def _large(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Files of a few bytes that claim the largest pictures of the format."""
    file = container.parse(good).file
    for width, height in ((1 << 14, 1 << 14), (1 << 22, 1)):
        blob = container.pack(file._replace(width=width, height=height))
        yield f"claims-{width}x{height}", blob


def _metadata(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Files whose ICC profile or EXIF block cannot be unpacked."""

    def flagged(flags: int, chunks: bytes) -> bytes:
        return _whole(good[:3] + bytes([0x10 | flags]) + good[4:12] + chunks + good[12:-4])

    packed = zlib.compress(bytes(1000))
    for number in (0, 6, 7):
        yield f"profile-{number}", flagged(1, varint(number))
    for flag, name in ((1, "icc"), (2, "exif")):
        yield f"{name}-not-zlib", flagged(flag, chunk(b"not zlib data"))
        yield f"{name}-cut", flagged(flag, chunk(packed[:-5]))
        yield f"{name}-checksum", flagged(flag, chunk(packed[:-1] + bytes([packed[-1] ^ 1])))
        yield f"{name}-and-more", flagged(flag, chunk(packed + b"\0"))
    yield "icc-too-large", flagged(1, chunk(zlib.compress(bytes((1 << 24) + 1), 9)))


def _alpha(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Files whose alpha plane is none of the picture's, 50x70 pixels."""
    file = container.parse(good).file
    rows = (b"\0" + bytes(50)) * 70
    planes = {
        "empty": b"",
        "not-png": b"not a picture",
        "of-another-size": _png(49, 70, 8, 0, 0, rows),
        "of-16-bits": _png(50, 70, 16, 0, 0, (b"\0" + bytes(100)) * 70),
        "in-colour": _png(50, 70, 8, 2, 0, (b"\0" + bytes(150)) * 70),
        "interlaced": _png(50, 70, 8, 0, 1, rows),
        "cut": _png(50, 70, 8, 0, 0, rows)[:-20],
    }
    for name, plane in planes.items():
        yield f"alpha-{name}", container.pack(file._replace(alpha=plane))


def _png(width: int, height: int, depth: int, colour: int, interlace: int, rows: bytes) -> bytes:
    """Returns a PNG file with these rows, whether they fit or not."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + name
        + content
        + zlib.crc32(name + content).to_bytes(4, "big")
        for name, content in parts
    )


def _layers(good: bytes) -> Iterator[tuple[str, bytes]]:
    """Files in layers with another number of them, or that do not fit, or are damaged."""
    file, sizes = container.parse(good)
    at = good.index(file.streams[0]) - 2  # of the lengths: a byte each
    yield "one", _whole(good[:at] + bytes([good[at] & 0xFC]) + good[at + 1 : -4])
    yield "two-of-three", container.pack(file._replace(streams=file.streams[:2]))
    yield "length", _whole(good[:at] + varint(4 * 10**6 + 2) + good[at + 1 : -4])
    end = sizes.ends[0]
    damaged = good[: end - 1] + bytes([good[end - 1] ^ 1]) + good[end:-4]
    yield "check", _whole(damaged)
    yield "cut-after-the-second", good[: sizes.ends[1]]
    yield "checksum", good[:-1] + bytes([good[-1] ^ 1])
    plain = container.pack(file._replace(streams=file.streams[:1]))
    yield "version-1", plain


def _tiles(model: Bundle) -> Iterator[tuple[str, bytes]]:
    """Files in tiles whose header, index or tiles are wrong."""
    file = _in_tiles(model)
    good = container.pack(file)
    records = [chunk(plane) + stream for plane, stream in zip(file.alphas, file.streams)]
    body = good[:12]  # with a width and a height of two bytes each

    def packed(side: int, parts: list[bytes], lengths: Iterable[int] = ()) -> bytes:
        head = body + bytes([side])
        for record, length in zip(parts, lengths or map(len, parts)):
            head += varint(length) + zlib.crc32(record).to_bytes(4, "little")
        return head + zlib.crc32(head).to_bytes(4, "little") + b"".join(parts)

    assert packed(file.side, records) == good
    for side in (0, 3, 65, 255):
        yield f"side-{side}", packed(side, records)
    yield "too-few", packed(file.side, records[:-1])
    yield "cut", good[:-1]
    yield "longer", good + b"\0"
    first, *others = map(len, records)
    yield "lengths", packed(file.side, records, (first + 1, *others))
    start = good.index(records[0])
    yield "header-check", good[: start - 1] + bytes([good[start - 1] ^ 1]) + good[start:]
    yield "tile-check", good[:-1] + bytes([good[-1] ^ 1])
    yield "tile-empty", packed(file.side, [b"", *records[1:]])
    yield (
        "tile-shorter-than-least",
        packed(file.side, [chunk(file.alphas[0]) + b"\0", *records[1:]]),
    )
    yield "tile-alpha-beyond-its-end", packed(file.side, [varint(10**6) + records[0], *records[1:]])


def _in_tiles(model: Bundle) -> container.TgcFile:
    """Returns an even picture of 300x260 pixels in four tiles, opaque."""
    grid = tiles.Grid(260, 300, tiles.MIN_SIDE)
    streams, planes = [], []
    for number in range(len(grid)):
        height, width = grid.pixels(number).size
        size = geometry.latent_size(height, width)
        z = np.zeros((-(-size[0] // 4), -(-size[1] // 4), model.hyper_channels), np.int32)
        indexes = payload.index_map(model.scale_decoder, z, *size)
        symbols = payload.Symbols(z, indexes, np.zeros(indexes.shape, np.int32))
        streams.append(payload.encode_symbols(symbols, model.z_tables, model.y_tables))
        planes.append(_png(width, height, 8, 0, 0, (b"\0" + b"\xff" * width) * height))
    size = grid.width, grid.height
    return container.TgcFile(
        model.model_id, *size, 100, tuple(streams), side=grid.side, alphas=tuple(planes)
    )


def _context(model: Bundle, good: bytes) -> Iterator[tuple[str, bytes]]:
    """Files of a model with a context model whose stream cannot be parsed."""
    file = container.parse(good).file
    symbols = context.read_symbols(model, file)
    features = symbols.features.copy()
    features[0, 0, 0] ^= 1
    encoder = RangeEncoder()
    payload.encode_head(encoder, symbols.z, features, model.z_tables)
    yield "features-check", container.pack(file._replace(streams=(encoder.finish(),)))
    more = file.streams[0] + b"\0\0\0\0"
    yield "stream-with-more", container.pack(file._replace(streams=(more,)))
    side = tiles.MIN_SIDE
    yield "in-tiles", container.pack(file._replace(side=side, streams=file.streams))
