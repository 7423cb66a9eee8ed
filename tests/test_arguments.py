"""Tests that wrong arguments are named in one line, and that every kind of source is taken."""

from __future__ import annotations

import fractions
import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sample_pictures

import tfgan_codec as tgc
from tfgan_codec import arguments

LONG = "x" * 1_600_000


class Hostile:
    """Says of itself what should not reach a terminal."""

    def __repr__(self) -> str:
        return "\x1b[2J\n" * 1000


@pytest.fixture(scope="module")
def blob(tiny: tgc.Codec) -> bytes:
    return tiny.compress(sample_pictures.image(40, 30), quality=20)


def refused(caught: pytest.ExceptionInfo[BaseException], name: str) -> None:
    """One short printable line that names the argument."""
    message = str(caught.value)
    assert name in message
    assert message.isprintable()
    assert len(message) < 300


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("quality", (80.5, True, "80", -1, 256, 10**400, [1], Hostile(), LONG)),
        ("bpp", ("0.1", True, 0, -1, math.nan, math.inf, 10**400, 1j, [0.1], Hostile(), b"1")),
        ("nbytes", (0, -5, 5000.0, "5000", True, Hostile(), 1 << 70)),
        ("metadata", ("all", None, 1, b"keep", ["keep"], Hostile(), LONG)),
        ("refiner", (100, "fidelity100", Hostile())),
        ("page", (0, -1, 1.5, "1", True)),
        ("picture", (None, 7, 0.1, ["a.png"], {"a": 1}, Hostile(), object())),
    ],
)
def test_compress_names_what_is_wrong(tiny: tgc.Codec, name: str, values: tuple[Any, ...]) -> None:
    for value in values:
        given = {"picture": sample_pictures.image(16, 16), name: value}
        with pytest.raises(tgc.UsageError) as caught:
            tiny.compress(**given)
        refused(caught, name)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("realism", ("real", True, math.nan, math.inf, [1], Hostile())),
        ("scale", ("2", 2.0, True, Hostile())),
        ("model", (3, b"mobile", "a\0b", Hostile())),
        ("threads", (0, 257, "2", 2.0, True, None)),
        ("blob", (None, 7, ["a.tgc"], object(), io.StringIO("text"), np.zeros(4))),
    ],
)
def test_decompress_names_what_is_wrong(
    tiny_dir: Path, blob: bytes, name: str, values: tuple[Any, ...]
) -> None:
    for value in values:
        given = {"blob": blob, "model": tiny_dir, name: value}
        with pytest.raises(tgc.UsageError) as caught:
            tgc.decompress(**given)
        refused(caught, name)


def test_load_names_what_is_wrong() -> None:
    for value in (None, 3, b"mobile", "a\0b"):
        with pytest.raises(tgc.UsageError, match=r"^name_or_path must be a name or path, not "):
            tgc.load(value)


def test_numbers_of_other_types_are_numbers(tiny: tgc.Codec) -> None:
    picture = sample_pictures.image(64, 48)
    expected = tiny.compress(picture, quality=5)
    for quality in (np.int64(5), np.uint8(5)):
        assert tiny.compress(picture, quality=quality) == expected
    half = tiny.compress(picture, bpp=0.5)
    for bpp in (np.float32(0.5), np.float64(0.5), fractions.Fraction(1, 2)):
        assert tiny.compress(picture, bpp=bpp) == half
    assert tiny.compress(picture, bpp=1e308) == tiny.compress(picture, quality=255)
    assert arguments.whole("x", np.int16(-7)) == -7
    assert type(arguments.whole("x", np.int16(-7))) is int


def test_sources_of_compress(tiny: tgc.Codec, tmp_path: Path) -> None:
    """Contents, paths and open files; of an open file what follows its position."""
    image = sample_pictures.image(64, 48)
    contents = sample_pictures.encoded(image)
    path = tmp_path / "a.png"
    path.write_bytes(contents)
    expected = tiny.compress(image, quality=5)
    later = io.BytesIO(b"before" + contents)
    later.seek(6)
    for source in (
        path,
        str(path),
        contents,
        bytearray(contents),
        memoryview(contents),
        io.BytesIO(contents),
        later,
    ):
        assert tiny.compress(source, quality=5) == expected
    with path.open("rb") as stream:
        assert tiny.compress(stream, quality=5) == expected
        assert not stream.closed


def test_sources_of_decompress(tiny: tgc.Codec, blob: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.tgc"
    path.write_bytes(blob)
    expected = np.asarray(tiny.decompress(blob))
    for source in (path, str(path), bytearray(blob), memoryview(blob), io.BytesIO(blob)):
        assert np.array_equal(tiny.decompress(source), expected)
    with path.open("rb") as stream:
        assert np.array_equal(tiny.decompress(stream), expected)


def test_wrong_contents_are_told_in_a_line(tiny: tgc.Codec, tmp_path: Path) -> None:
    for source in (b"", b"no picture", LONG.encode(), io.BytesIO(b""), io.BytesIO(b"no picture")):
        with pytest.raises(tgc.ImageError) as caught:
            tiny.compress(source)
        refused(caught, "the ")
    for source in (LONG, "a\nb\x1b[2J.png", tmp_path / "none.png"):
        with pytest.raises(tgc.ImageError) as caught:
            tiny.compress(source)
        refused(caught, "cannot read")
    for text in (io.StringIO("text"), "a\0b"):
        with pytest.raises(tgc.UsageError) as caught:
            tiny.compress(text)
        refused(caught, "picture")
    for blob in (b"", b"text", LONG, "a\0b", io.BytesIO(b"text"), tmp_path):
        with pytest.raises(tgc.BitstreamError) as caught:
            tiny.decompress(blob)
        refused(caught, "")


def test_streams_that_fail(tiny: tgc.Codec) -> None:
    class Broken(io.RawIOBase):
        def read(self, *_: Any) -> bytes:
            raise OSError(5, "Input/output error")

    closed = io.BytesIO(b"TGC")
    closed.close()
    for stream in (Broken(), closed):
        with pytest.raises(tgc.ImageError, match="the open file"):
            tiny.compress(stream)
        with pytest.raises(tgc.BitstreamError, match="cannot read the open file"):
            tiny.decompress(stream)


def test_memory_errors_are_told(
    tiny: tgc.Codec, tiny_dir: Path, blob: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("tfgan_codec.format.container.parse", no_memory)
    for decompress in (tiny.decompress, lambda data: tgc.decompress(data, model=tiny_dir)):
        with pytest.raises(tgc.ImageError, match="not enough memory"):
            decompress(blob)
    monkeypatch.setattr("tfgan_codec.pictures.reading.upright", no_memory)
    for compress in (tiny.compress, lambda data: tgc.compress(data, model=tiny_dir)):
        with pytest.raises(tgc.ImageError, match="not enough memory"):
            compress(sample_pictures.image(4, 4))
