"""Tests of files in tiles: their layout, where tiles lie, and what a reader does with damage."""

from __future__ import annotations

import io
import zlib

import pytest
from counting_stream import CountingStream

from tfgan_codec.errors import BitstreamError, UsageError
from tfgan_codec.format import container, header, tiles
from tfgan_codec.format.container import TgcFile, pack, parse
from tfgan_codec.format.tiles import Box, Grid

FILE = TgcFile(b"\x01\x02\x03", 300, 260, 87, (b"one", b"two", b"three", b"four"), side=4)
FULL = FILE._replace(
    grey=True, icc=b"i" * 300, exif=b"Exif" * 9, alphas=(b"png1", b"png2", b"png33", b"p")
)


def crc(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")


def test_layout_is_that_of_the_documented_example() -> None:
    head = bytes.fromhex("544743 30 010203 ac02 8402 57 04")
    for stream in FILE.streams:
        head += bytes([len(stream)]) + crc(stream)
    assert pack(FILE) == head + crc(head) + b"onetwothreefour"


@pytest.mark.parametrize("file", [FILE, FULL])
def test_reads_back_what_was_packed(file: TgcFile) -> None:
    blob = pack(file)
    found = parse(blob)
    assert found.file == file
    sizes = found.sizes
    assert sum(sizes[:4]) + sum(sizes.streams) == len(blob) == sizes.ends[0]
    assert container.overhead(file).total == len(blob) - sum(map(len, file.streams))
    assert header.read(io.BytesIO(blob)).mode == ("LA" if file.grey else "RGB")


def test_tiles_share_the_picture_out() -> None:
    grid = Grid(height=260, width=300, side=4)
    assert (grid.rows, grid.columns, len(grid)) == (2, 2, 4)
    boxes = [grid.pixels(number) for number in range(4)]
    assert boxes[0] == (0, 0, 256, 256)
    assert boxes[1] == (0, 256, 256, 300)
    assert boxes[3] == (256, 256, 260, 300)
    assert sum(box.height * box.width for box in boxes) == 260 * 300


def test_a_region_touches_the_tiles_that_hold_its_pixels() -> None:
    grid = Grid(height=3000, width=4000, side=16)
    assert list(grid.touched(Box(0, 0, 1, 1))) == [0]
    assert list(grid.touched(Box(1023, 1023, 1025, 1025))) == [0, 1, 4, 5]
    assert list(grid.touched(Box(-50, -50, 9999, 9999))) == list(range(12))
    assert list(grid.touched(Box(1024, 2048, 2048, 3072))) == [6]


@pytest.mark.parametrize("file", [FILE, FULL])
def test_every_flipped_bit_is_found(file: TgcFile) -> None:
    blob = pack(file)
    for position in range(len(blob)):
        for bit in range(8):
            damaged = bytearray(blob)
            damaged[position] ^= 1 << bit
            with pytest.raises(BitstreamError):
                parse(bytes(damaged))


def test_a_file_cut_short_or_with_more_behind_it_is_refused() -> None:
    blob = pack(FULL)
    for length in range(len(blob)):
        with pytest.raises(BitstreamError):
            parse(blob[:length])
    with pytest.raises(BitstreamError, match="says"):
        parse(blob + b"\0")


def with_head(after: bytes) -> bytes:
    """A file of 300x260 pixels that goes on so after its quality, with the check it needs."""
    head = bytes.fromhex("544743 30 010203 ac02 8402 57") + after
    return head + crc(head)


@pytest.mark.parametrize("side", [0, 3, 65, 255])
def test_reserved_tile_sides_are_refused(side: int) -> None:
    with pytest.raises(BitstreamError, match="tile side"):
        parse(with_head(bytes([side]) + (b"\0" + crc(b"")) * 4))
    with pytest.raises(UsageError):
        pack(FILE._replace(side=side or 1))


def test_an_index_that_cannot_be_there_is_not_read() -> None:
    """2^28 pixels in tiles of 256x256 take an index of 20 kilobytes: a short file has none."""
    head = bytes.fromhex("544743 30 010203 808001 808001 57 04") + bytes(10_000)
    stream = CountingStream(head + crc(head))
    with pytest.raises(BitstreamError, match="index"):
        header.read(stream)
    assert stream.count < 20


def test_lengths_that_leave_the_file_are_refused() -> None:
    huge = b"\xff" * 8 + b"\x7f"
    with pytest.raises(BitstreamError, match="says"):
        parse(with_head(b"\x04" + (huge + crc(b"")) * 4))


def test_an_alpha_plane_stays_within_its_tile() -> None:
    record = b"\x09png"
    after = b"\x04" + (bytes([len(record)]) + crc(record)) * 4
    head = bytes.fromhex("544743 34 010203 ac02 8402 57") + after
    with pytest.raises(BitstreamError, match="alpha plane of a tile"):
        parse(head + crc(head) + record * 4)


def test_one_tile_is_read_without_the_others() -> None:
    streams = tuple(bytes([n]) * 10_000 for n in range(4))
    blob = bytearray(pack(FILE._replace(streams=streams)))
    blob[-1] ^= 1  # damage in the last tile makes no difference to the second
    stream = CountingStream(bytes(blob))
    head = header.read(stream)
    assert head.tiles is not None
    before = stream.count
    assert tiles.read_tile(stream, head.tiles.entries[1], False) == (streams[1], None)
    assert stream.count == before + 10_000
    with pytest.raises(BitstreamError, match="damaged"):
        tiles.read_tile(stream, head.tiles.entries[3], False)


def test_as_many_tiles_as_the_size_makes() -> None:
    for wrong in (FILE.streams[:3], FILE.streams * 2):
        with pytest.raises(UsageError, match="4 tiles"):
            pack(FILE._replace(streams=wrong))
    with pytest.raises(UsageError, match="4 tiles"):
        pack(FILE._replace(alpha=b"png"))
    with pytest.raises(UsageError, match="4 tiles"):
        pack(FILE._replace(alphas=(b"png",)))
