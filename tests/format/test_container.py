"""Tests of the .tgc container: layout, limits, and what a reader does with damaged files."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfgan_codec.errors import BitstreamError, ImageError, UsageError
from tfgan_codec.format import container
from tfgan_codec.format.container import MAX_PIXELS, TgcFile, pack, parse, parse_layers
from tfgan_codec.format.fields import MAX_METADATA

NARROW = MAX_PIXELS // 64  # the longest side of a picture that is one pixel wide
FILE = TgcFile(b"\x01\x02\x03", 768, 512, 87, (b"stream of symbols",))
FULL = FILE._replace(grey=True, icc=b"i" * 300, exif=b"Exif" * 9, alpha=b"png")
LAYERS = FILE._replace(streams=(b"coarse", b"finer one", b"the finest of them"))
FULL_LAYERS = FULL._replace(streams=LAYERS.streams)


def with_crc(body: bytes) -> bytes:
    return body + zlib.crc32(body).to_bytes(4, "little")


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def test_layout_of_an_ordinary_picture() -> None:
    expected = with_crc(b"TGC\x10\x01\x02\x03" + b"\x80\x06" + b"\x80\x04" + b"\x57" + b"payload")
    assert pack(FILE._replace(streams=(b"payload",))) == expected


def test_ordinary_picture_costs_16_bytes() -> None:
    for width, height in [(768, 512), (128, 128), (16383, 16383)]:
        blob = pack(FILE._replace(width=width, height=height))
        assert len(blob) - len(FILE.streams[0]) == 16
        assert parse(blob).sizes.header == 16


@pytest.mark.parametrize("file", [FILE, FULL, LAYERS, FULL_LAYERS])
def test_overhead_is_what_a_reader_finds_beside_the_streams(file: TgcFile) -> None:
    sizes = parse(pack(file)).sizes
    extra = sizes.icc + sizes.exif + sizes.alpha
    assert container.overhead(file) == (sizes.header + extra, extra)


def test_layout_of_a_picture_in_layers() -> None:
    """The CRC-16 of docs/format.md, worked out bit by bit."""

    def check(data: bytes) -> bytes:
        crc = 0xFFFF
        for byte in data:
            crc ^= byte << 8
            for _ in range(8):
                crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
        return crc.to_bytes(2, "little")

    body = b"TGC\x20\x01\x02\x03" + b"\x80\x06" + b"\x80\x04" + b"\x57"
    body += bytes([6 * 4 + 2, 9]) + b"coarse"
    body += check(body) + b"finer one"
    body += check(body) + b"the finest of them"
    assert pack(LAYERS) == with_crc(body)


def test_picture_in_three_layers_costs_at_most_24_bytes() -> None:
    for width, height in [(768, 512), (128, 128), (16383, 16383)]:
        for coarse, finer in [(31, 127), (4095, 16383)]:
            streams = (bytes(coarse), bytes(finer), bytes(70000))
            blob = pack(FILE._replace(width=width, height=height, streams=streams))
            assert len(blob) - sum(map(len, streams)) == 22 + 2 * (coarse > 31)
            assert parse(blob).sizes.header <= 24


@pytest.mark.parametrize("file", [LAYERS, FULL_LAYERS], ids=["plain", "full"])
def test_a_prefix_is_a_smaller_picture(file: TgcFile) -> None:
    """Whatever follows a layer, even nothing, a reader of that layer gets the same."""
    blob = pack(file)
    ends = parse(blob).sizes.ends
    assert ends[-1] == len(blob)
    for count, scale in ((1, 4), (2, 2), (3, 1)):
        expected = file._replace(streams=file.streams[:count], scale=scale)
        whole = parse(blob, scale)
        assert whole.file == expected
        assert whole.sizes.ends == ends[:count]
        assert sum([*whole.sizes[:4], *whole.sizes.streams]) == ends[count - 1]
        for length in range(ends[count - 1], len(blob) + 1):
            assert parse(blob[:length], scale) == whole
            assert parse_layers(blob[:length]).file.streams[:count] == expected.streams
        with pytest.raises(BitstreamError):
            parse(blob[: ends[count - 1] - 1], scale)


def test_says_what_a_cut_file_still_has() -> None:
    blob = pack(LAYERS)
    ends = parse(blob).sizes.ends
    with pytest.raises(BitstreamError, match=r"cut short .*that is whole with --scale=2$"):
        parse(blob[:-1])
    for scale in (1, 2):
        with pytest.raises(BitstreamError, match="--scale=4$"):
            parse(blob[: ends[1] - 1], scale)
    with pytest.raises(BitstreamError, match="cut short .*copy it again$"):
        parse(blob[: ends[0] - 1], 4)
    for scale in (-1, 0, 3, 8):
        with pytest.raises(UsageError, match=f"no picture at scale {scale}; it has: 1, 2, 4"):
            parse(blob, scale)
    with pytest.raises(UsageError, match="no picture at scale 2; it has: 1$"):
        parse(pack(FILE), 2)


def test_a_right_checksum_does_not_make_wrong_layers_right() -> None:
    blob = bytearray(pack(LAYERS)[:-4])
    blob[blob.index(b"coarse") + 6] ^= 1  # its check
    with pytest.raises(BitstreamError, match="cut short"):
        parse(with_crc(bytes(blob)))


def test_accounts_for_every_byte() -> None:
    blob = pack(FULL)
    sizes = parse(blob).sizes
    assert sizes.header == 16
    assert sizes.alpha == 1 + 3
    assert sum([sizes.header, sizes.icc, sizes.exif, sizes.alpha, *sizes.streams]) == len(blob)


@given(
    st.builds(
        TgcFile,
        st.binary(min_size=3, max_size=3),
        st.integers(1, 1 << 14),
        st.integers(1, 1 << 14),
        st.integers(0, 255),
        st.lists(st.binary(max_size=200), min_size=1, max_size=4).map(tuple),
        st.booleans(),
        st.none() | st.binary(max_size=300),
        st.none() | st.binary(max_size=300),
        st.none() | st.binary(max_size=300),
        st.just(1),
        side=st.just(0),
        alphas=st.just(()),
    )
)
def test_round_trip(file: TgcFile) -> None:
    assert parse(pack(file)).file == file


@given(st.binary(max_size=64))
def test_arbitrary_bytes(data: bytes) -> None:
    with pytest.raises(BitstreamError):
        parse(data)


@given(st.binary(max_size=64), st.integers(0, 15), st.sampled_from([0x10, 0x20, 0x30]))
def test_arbitrary_bytes_with_good_magic_and_checksum(data: bytes, flags: int, v: int) -> None:
    """Reaches every field: nothing but BitstreamError comes out, or a file within the limits."""
    try:
        file = parse_layers(with_crc(b"TGC" + bytes([v | flags]) + data)).file
    except BitstreamError:
        return
    assert 1 <= file.width * file.height <= MAX_PIXELS
    assert 1 <= len(file.streams) <= 4


ALL = {"plain": FILE, "full": FULL, "layers": LAYERS, "full layers": FULL_LAYERS}


@pytest.mark.parametrize("file", ALL.values(), ids=ALL)
def test_truncated_at_every_byte(file: TgcFile) -> None:
    blob = pack(file)
    for length in range(len(blob)):
        with pytest.raises(BitstreamError):
            parse(blob[:length])


@pytest.mark.parametrize("file", ALL.values(), ids=ALL)
def test_every_byte_changed(file: TgcFile) -> None:
    blob = pack(file)
    for position in range(len(blob)):
        for change in (0x01, 0x80, 0xFF):
            damaged = bytearray(blob)
            damaged[position] ^= change
            with pytest.raises(BitstreamError):
                parse(bytes(damaged))


@pytest.mark.parametrize("file", [LAYERS, FULL_LAYERS], ids=["plain", "full"])
def test_every_byte_changed_of_a_layer_that_is_needed(file: TgcFile) -> None:
    blob = pack(file)
    for scale, end in zip((4, 2), parse(blob).sizes.ends):
        for position in range(end):
            damaged = bytearray(blob)
            damaged[position] ^= 0xFF
            with pytest.raises(BitstreamError):
                parse(bytes(damaged), scale)
        damaged = bytearray(blob)
        damaged[end] ^= 0xFF  # of the next layer
        assert parse(bytes(damaged), scale) == parse(blob, scale)


def test_trailing_bytes() -> None:
    with pytest.raises(BitstreamError, match="checksum"):
        parse(pack(FILE) + b"\0")


@pytest.mark.parametrize(
    ("blob", "message"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n", "wrong magic"),
        (b"TGC", "cut short"),
        (b"TGC\x10abc", "cut short"),
        (b"TGC\x40" + bytes(20), "version 4 is not supported"),
        (pack(FILE)[:-1], "checksum"),
    ],
)
def test_says_what_is_wrong(blob: bytes, message: str) -> None:
    with pytest.raises(BitstreamError, match=message):
        parse(blob)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (varint(1 << 40) + varint(1) + b"\0", "1099511627776x1 is out of bounds"),
        (varint(1 << 40) + varint(1 << 40) + b"\0", "out of bounds"),
        (varint((1 << 63) - 1) * 2 + b"\0", "out of bounds"),
        (varint(1 << 63) + varint(1) + b"\0", "width is not a valid number"),
        (b"\xff" * 40, "width is not a valid number"),
        (b"\x81\x00" + b"\x01\x00", "width is not a valid number"),  # 1 in two bytes
        (varint(0) + varint(5) + b"\0", "0x5 is out of bounds"),
        (varint(1 << 14) + varint((1 << 14) + 1) + b"\0", "out of bounds"),
        (b"\x01\x81\x81", "height does not fit"),
        (b"\x81\x01\x01", "quality does not fit"),
    ],
)
def test_fields_out_of_bounds(fields: bytes, message: str) -> None:
    with pytest.raises(BitstreamError, match=message):
        parse(with_crc(b"TGC\x10abc" + fields))


@pytest.mark.parametrize("flag", [1, 2, 4])
def test_chunk_longer_than_the_file(flag: int) -> None:
    for length in (9, 1 << 40):
        with pytest.raises(BitstreamError, match="does not fit"):
            parse(with_crc(b"TGC" + bytes([0x10 | flag]) + b"abc\1\1\0" + varint(length) + b"x"))


def test_layers_longer_than_the_file() -> None:
    for lengths in (varint((1 << 40) * 4 + 1), varint(2) + varint(1 << 40)):
        with pytest.raises(BitstreamError, match="cut short"):
            parse(with_crc(b"TGC\x20abc\1\1\0" + lengths + b"x"))


def test_layers_that_are_one() -> None:
    with pytest.raises(BitstreamError, match="that it has one"):
        parse(with_crc(b"TGC\x20abc\1\1\0" + varint(8) + b"stream"))


@pytest.mark.parametrize(
    "packed",
    [
        b"not deflate",
        zlib.compress(b"profile")[:-1],
        zlib.compress(b"profile") + b"more",
        zlib.compress(bytes(MAX_METADATA + 1)),
        zlib.compress(bytes(20 * MAX_METADATA)),
    ],
    ids=["garbage", "cut", "trailing", "one too long", "bomb"],
)
def test_metadata_that_does_not_unpack(packed: bytes) -> None:
    chunk = varint(len(packed)) + packed
    for flag in (1, 2):
        with pytest.raises(BitstreamError, match=r"unpack|longer|incomplete"):
            parse(with_crc(b"TGC" + bytes([0x10 | flag]) + b"abc\1\1\0" + chunk))


def test_largest_metadata_round_trips() -> None:
    file = FILE._replace(icc=bytes(MAX_METADATA))
    assert parse(pack(file)).file == file


def test_writer_refuses_what_the_reader_would() -> None:
    with pytest.raises(ImageError, match="bytes; the limit"):
        pack(FILE._replace(exif=bytes(MAX_METADATA + 1)))
    for width, height in [(0, 1), (1, 0), (-64, -64), (NARROW + 1, 1), (1, NARROW + 1)]:
        with pytest.raises(ImageError, match="not supported"):
            pack(FILE._replace(width=width, height=height))
    assert parse(pack(FILE._replace(width=NARROW, height=1))).file.width == NARROW
    for file in (
        FILE._replace(streams=()),
        FILE._replace(streams=(b"",) * 5),
        LAYERS._replace(scale=2),
    ):
        with pytest.raises(UsageError, match="1 to 4 streams"):
            pack(file)


def test_needs_no_other_package() -> None:
    """A file can be inspected with the standard library alone."""
    assert not {"numpy", "np", "PIL"} & vars(container).keys()
