"""The ``.tgc`` file: header, optional chunks, entropy-coded streams, checksum.

``docs/format.md`` ("Container") specifies it. An ordinary RGB picture costs 16 bytes on top of its
stream. A file in layers has a stream for each size of the picture, coarse to fine, and a check
after each, so that it can be cut there: 24 bytes with three layers. A file in tiles has one for
each tile, in an index that says where they lie (`format.tiles`). Only the standard library is used,
so that a file can be inspected without any model.
"""

from __future__ import annotations

import binascii
import io
import os
import zlib
from typing import BinaryIO, NamedTuple, Union

from tfgan_codec.errors import BitstreamError, ImageError, UsageError, shown
from tfgan_codec.format import header, profiles, tiles
from tfgan_codec.format.fields import MAX_METADATA, chunk, varint
from tfgan_codec.format.header import (
    CRC_BYTES,
    FLAG_ALPHA,
    FLAG_EXIF,
    FLAG_GREY,
    FLAG_ICC,
    LAYERED,
    MAGIC,
    MAX_LAYERS,
    MAX_PIXELS,
    TILED,
    VERSION,
)

Blob = Union[bytes, bytearray, memoryview, str, "os.PathLike[str]", BinaryIO]

_LAYER_CHECK_BYTES = 2


class TgcFile(NamedTuple):
    """Holds what a ``.tgc`` file says, before any model is involved."""

    model_id: bytes  # the first 3 bytes of the model's normative hash
    width: int  # of the whole picture
    height: int
    quality: int
    streams: tuple[bytes, ...]  # one, or one per layer, coarse to fine, or one per tile
    grey: bool = False
    icc: bytes | None = None  # inflated
    exif: bytes | None = None  # likewise
    alpha: bytes | None = None  # a greyscale PNG file
    scale: int = 1  # the streams give a picture 1/scale the size; above 1, layers are missing
    side: int = 0  # of a tile, in hyper-latents; 0 in a file without tiles
    alphas: tuple[bytes, ...] = ()  # of each tile, in place of `alpha`

    @property
    def layers(self) -> int:
        """The number of layers of the whole file, missing ones included."""
        return 1 if self.side else len(self.streams) + self.scale.bit_length() - 1

    @property
    def transparent(self) -> bool:
        """Whether there is an alpha plane."""
        return self.alpha is not None or bool(self.alphas)


class Sizes(NamedTuple):
    """Holds the bytes that each part of a file takes, chunks with their length fields."""

    header: int  # everything that has no field below: header, checks, checksum
    icc: int
    exif: int
    alpha: int
    streams: tuple[int, ...]
    ends: tuple[int, ...]  # the file can be cut at each of these, after a layer and its check


class Overhead(NamedTuple):
    """Holds the number of bytes that a file has beside its streams."""

    total: int
    extra: int  # of these, for alpha and metadata


class Parsed(NamedTuple):
    """Holds a parsed file and how many bytes each of its parts takes."""

    file: TgcFile
    sizes: Sizes


def pack(file: TgcFile) -> bytes:
    """Returns the bytes of a file, in the layout of tiles if it has a tile side, else in that of
    layers if it has several streams.

    Raises:
      ImageError: the picture or its metadata is larger than the format allows.
    """
    if not 1 <= header.area(file.width, file.height) <= MAX_PIXELS:
        raise ImageError(
            f"a picture of {file.width}x{file.height} pixels is not supported; "
            f"the format holds {header.BOUNDS}"
        )
    if file.side:
        _check_tiles(file)
    elif not 1 <= len(file.streams) <= MAX_LAYERS or file.scale != 1:
        raise UsageError(f"a file has 1 to {MAX_LAYERS} streams, and all layers of a picture")
    flags = FLAG_GREY if file.grey else 0
    chunks = b""
    for flag, name in ((FLAG_ICC, "ICC profile"), (FLAG_EXIF, "EXIF block")):
        data = file.icc if flag == FLAG_ICC else file.exif
        if data is None:
            continue
        if len(data) > MAX_METADATA:
            raise ImageError(f"the {name} has {len(data)} bytes; the limit is {MAX_METADATA}")
        flags |= flag
        chunks += profiles.chunk_of(data) if flag == FLAG_ICC else chunk(zlib.compress(data, 9))
    if file.transparent:
        flags |= FLAG_ALPHA
        chunks += b"" if file.alpha is None else chunk(file.alpha)
    version = TILED if file.side else VERSION if len(file.streams) == 1 else LAYERED
    body = b"".join(
        [
            MAGIC,
            bytes([version << 4 | flags]),
            file.model_id,
            varint(file.width),
            varint(file.height),
            bytes([file.quality]),
            chunks,
        ]
    )
    if file.side:
        alphas = file.alphas or (None,) * len(file.streams)
        return tiles.pack(body, file.side, [*map(tiles.Tile, file.streams, alphas)])
    *coarser, finest = file.streams
    if coarser:
        first, *others = map(len, coarser)
        body += varint(first * MAX_LAYERS + len(coarser)) + b"".join(map(varint, others))
    for stream in coarser:
        body += stream
        body += _layer_check(body)
    body += finest
    return body + zlib.crc32(body).to_bytes(CRC_BYTES, "little")


def overhead(file: TgcFile) -> Overhead:
    """Counts the bytes that `pack` adds to the streams of a file; raises what `pack` raises."""
    plain = file._replace(icc=None, exif=None, alpha=None, alphas=())
    total, bare = (len(pack(each)) - sum(map(len, file.streams)) for each in (file, plain))
    return Overhead(total, total - bare)


def parse(blob: bytes, scale: int = 1, metadata: bool = True) -> Parsed:
    """Reads a file. Of one in layers, keeps the streams that a picture 1/`scale` the size needs.
    Without `metadata` it leaves ICC profile and EXIF out, unread.

    Raises:
      BitstreamError: `pack` cannot have written these bytes.
      UsageError: no layer of the file has this scale.
    """
    found = parse_layers(blob, metadata)
    file, sizes = found
    if file.side and scale == 1:
        return found
    count = 1 if file.side else len(file.streams)
    scales = [file.scale << i for i in range(count)]
    if scale not in scales:
        if 1 <= scale < file.scale:
            raise BitstreamError(
                "the file is damaged or cut short (wrong checksum); copy it again, or take the "
                f"smaller picture that is whole with --scale={file.scale}"
            )
        have = ", ".join(map(str, scales))
        raise UsageError(f"the file has no picture at scale {scale}; it has: {have}")
    count -= scales.index(scale)
    streams, ends = file.streams[:count], sizes.ends[:count]
    return Parsed(file._replace(streams=streams, scale=scale), _account(sizes[1:4], streams, ends))


def parse_layers(blob: bytes, metadata: bool = True) -> Parsed:
    """Reads a file as `parse` does; of one in layers that was cut short, the layers that are whole.

    Raises:
      BitstreamError: `pack` cannot have written these bytes, or not even one layer is whole.
    """
    if header.layout(blob[:4], len(blob)) == VERSION and not _checksum_holds(blob):
        raise _damaged()
    stream = io.BytesIO(blob)
    head = header.read(stream)
    if head.tiles is not None:
        return _in_tiles(stream, head, head.tiles, metadata)
    streams, ends = _whole_layers(blob, head.start, head.lengths)
    if not streams:
        raise _damaged()
    file = _file(head, streams, metadata)._replace(
        alpha=None if head.alpha is None else blob[head.alpha],
        scale=1 << (len(head.lengths) + 1 - len(streams)),
    )
    return Parsed(file, _account(head.chunks, streams, ends))


def _file(head: header.Header, streams: tuple[bytes, ...], metadata: bool) -> TgcFile:
    """Returns what a header says, with the streams that follow it."""
    icc, exif = head.metadata() if metadata else (None, None)
    size = head.width, head.height
    return TgcFile(head.model_id, *size, head.quality, streams, head.grey, icc, exif)


def _in_tiles(stream: BinaryIO, head: header.Header, index: tiles.Index, metadata: bool) -> Parsed:
    """Reads all tiles of a file whose header was read."""
    found = [tiles.read_tile(stream, entry, head.transparent) for entry in index.entries]
    file = _file(head, tuple(tile.stream for tile in found), metadata)._replace(
        side=index.side,
        alphas=tuple(tile.alpha for tile in found if tile.alpha is not None),
    )
    lengths = tuple(map(len, file.streams))
    records = sum(entry.nbytes for entry in index.entries)
    sizes = (*head.chunks[:2], records - sum(lengths))
    ends = (index.entries[-1].start + index.entries[-1].nbytes,)
    return Parsed(file, Sizes(head.start - sum(head.chunks), *sizes, lengths, ends))


def read_blob(blob: Blob) -> bytes:
    """Returns the bytes of a file that is given as bytes, as a path, or open for reading."""
    if isinstance(blob, (bytes, bytearray, memoryview)):
        return bytes(blob)
    if isinstance(blob, (str, os.PathLike)):
        try:
            with open(blob, "rb") as stream:
                return _read_open(stream)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise BitstreamError(f"cannot read {shown(os.fspath(blob))}: {reason}") from error
    if hasattr(blob, "read"):
        try:
            return _read_open(blob)
        except (OSError, ValueError) as error:
            raise BitstreamError(f"cannot read the open file: {error}") from error
    raise UsageError(
        "blob must be the contents of a file (bytes), a path or an open file, "
        f"not {type(blob).__name__}"
    )


def _read_open(stream: BinaryIO) -> bytes:
    """Reads an open file; of what is no ``.tgc`` file, however large, only the first bytes."""
    magic = stream.read(len(MAGIC))
    if not isinstance(magic, bytes):
        raise UsageError('blob must be a file that is open for bytes, as open(path, "rb") returns')
    return magic + stream.read() if magic == MAGIC else magic


def _check_tiles(file: TgcFile) -> None:
    """Raises `UsageError` where a file has other tiles than its size and tile side make."""
    if not tiles.MIN_SIDE <= file.side <= tiles.MAX_SIDE:
        raise UsageError(f"a tile side is within {tiles.MIN_SIDE}..{tiles.MAX_SIDE}")
    count = len(tiles.Grid(file.height, file.width, file.side))
    if len(file.streams) != count or len(file.alphas) not in (0, count) or file.alpha is not None:
        raise UsageError(f"a file of this size has {count} tiles, all with an alpha plane or none")


def _damaged() -> BitstreamError:
    return BitstreamError("the file is damaged or cut short (wrong checksum); copy it again")


def _checksum_holds(blob: bytes) -> bool:
    stored = int.from_bytes(blob[-CRC_BYTES:], "little")
    return zlib.crc32(blob[:-CRC_BYTES]) == stored


def _layer_check(head: bytes) -> bytes:
    """Returns the check after each layer but the last: CRC-16/CCITT-FALSE of all bytes before."""
    return binascii.crc_hqx(head, 0xFFFF).to_bytes(_LAYER_CHECK_BYTES, "little")


def _account(
    chunks: tuple[int, int, int], streams: tuple[bytes, ...], ends: tuple[int, ...]
) -> Sizes:
    """Counts the bytes of each part of a file that ends where its last stream does."""
    lengths = tuple(map(len, streams))
    return Sizes(ends[-1] - sum(chunks) - sum(lengths), *chunks, lengths, ends)


def _whole_layers(
    blob: bytes, position: int, lengths: tuple[int, ...]
) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    """Returns the streams up to the first wrong check, and the positions after those checks."""
    streams, ends = [], []
    for length in lengths:
        stop = position + length
        end = stop + _LAYER_CHECK_BYTES
        if blob[stop:end] != _layer_check(blob[:stop]):
            break
        streams.append(blob[position:stop])
        ends.append(end)
        position = end
    else:
        if position + CRC_BYTES <= len(blob) and _checksum_holds(blob):
            streams.append(blob[position:-CRC_BYTES])
            ends.append(len(blob))
    return tuple(streams), tuple(ends)
