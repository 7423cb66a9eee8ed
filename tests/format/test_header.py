"""Tests of reading a header from an open file: what it says, and how little of the file is read."""

from __future__ import annotations

import io

import pytest
from counting_stream import CountingStream

from tfgan_codec.errors import BitstreamError
from tfgan_codec.format import header, profiles
from tfgan_codec.format.container import TgcFile, pack, parse
from tfgan_codec.format.fields import MAX_METADATA, MAX_PACKED, varint

FILE = TgcFile(b"\x01\x02\x03", 768, 512, 87, (b"s" * 100_000,))
FULL = FILE._replace(grey=True, icc=b"i" * 300, exif=b"Exif" * 9, alpha=b"p" * 100_000)
FILES = [
    FILE,
    FULL,
    FULL._replace(streams=(b"coarse", b"finer one", b"the finest of them")),
]


@pytest.mark.parametrize("file", FILES)
def test_says_what_the_whole_file_says(file: TgcFile) -> None:
    blob = pack(file)
    whole = parse(blob)
    head = header.read(io.BytesIO(blob))
    assert head[:5] == (file.model_id, file.width, file.height, file.quality, file.grey)
    assert head.metadata() == (file.icc, file.exif)
    assert head.mode == ("LA" if file is not FILE else "RGB")
    assert head.alpha is None or blob[head.alpha] == file.alpha
    assert head.lengths == whole.sizes.streams[:-1]
    assert head.chunks == whole.sizes[1:4]
    assert blob[head.start :].startswith(file.streams[0])


@pytest.mark.parametrize("file", FILES)
def test_reads_neither_alpha_nor_streams(file: TgcFile) -> None:
    stream = CountingStream(pack(file))
    stream.seek(5)  # wherever it stands
    head = header.read(stream)
    assert stream.count == head.start - (0 if file.alpha is None else len(file.alpha))


@pytest.mark.parametrize("file", FILES)
def test_a_header_cut_short_anywhere_is_refused(file: TgcFile) -> None:
    blob = pack(file)
    start = header.read(io.BytesIO(blob)).start
    for length in [*range(350), start - 1]:
        if length < start:
            with pytest.raises(BitstreamError):
                header.read(io.BytesIO(blob[:length]))


def test_known_profiles_are_made_from_their_number() -> None:
    file = FILE._replace(icc=profiles.KNOWN[1].icc())
    head = header.read(io.BytesIO(pack(file)))
    assert (head.packed_icc, head.chunks) == (1, (1, 0, 0))
    assert head.metadata() == (file.icc, None)
    unknown = b"TGC\x11\x01\x02\x03\x14\x14\x00\x07" + bytes(9)
    with pytest.raises(BitstreamError, match="profile number 7, which this version does not know"):
        header.read(io.BytesIO(unknown)).metadata()


@pytest.mark.parametrize("flag", [header.FLAG_ICC, header.FLAG_EXIF])
def test_metadata_that_nobody_packed_are_refused_before_they_are_read(flag: int) -> None:
    start = b"TGC" + bytes([0x10 | flag]) + b"\x01\x02\x03\x14\x14\x00"
    for length, refused in ((MAX_PACKED, False), (MAX_PACKED + 1, True)):
        stream = CountingStream(start + varint(length) + bytes(length + 4))
        if refused:
            with pytest.raises(BitstreamError, match=f"has {length} bytes; at most {MAX_PACKED}"):
                header.read(stream)
            assert stream.count < 20
        else:
            assert header.read(stream).lengths == ()


def test_the_longest_metadata_that_pack_takes_are_read() -> None:
    """What cannot be shortened grows by five bytes in every block of up to 65535, and by six."""
    assert MAX_METADATA + 5 * (MAX_METADATA // 16383 + 1) + 6 <= MAX_PACKED


def test_a_file_that_shrinks_while_it_is_read() -> None:
    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(size) if self.tell() < 9 else b""

    with pytest.raises(BitstreamError, match="does not fit in the file"):
        header.read(Shrinking(pack(FILE)))
