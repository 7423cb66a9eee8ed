"""Tests of what commands say beside their results: a line each, on standard error."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import sample_pictures
from PIL import Image

import tfgan_codec as tgc
from tfgan_codec import description
from tfgan_codec.commands import compress, decompress
from tfgan_codec.format import container
from tfgan_codec.format.profiles import KNOWN, SRGB

Run = Callable[..., list[str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tiny_dir: Path, tmp_path: Path) -> Run:
    """Runs a command on files of a folder; returns the lines on standard error."""

    def call(command: object, source: str, target: str, *flags: str) -> list[str]:
        paths = (str(tmp_path / name) for name in (source, target))
        status = command.main(["tgc", *paths, f"--model={tiny_dir}", *flags])
        lines = capsys.readouterr().err.splitlines()
        assert status == 0, lines
        assert all(line.startswith("tfgan_codec: ") for line in lines)
        return [line.removeprefix("tfgan_codec: ") for line in lines]

    return call


@pytest.fixture
def photo(tmp_path: Path) -> Image.Image:
    """The picture photo.png, in Display P3, with EXIF that says where it was taken."""
    exif = sample_pictures.exif()
    exif.get_ifd(0x8825)[1] = "N"
    image = sample_pictures.image(60, 40)
    image.save(tmp_path / "photo.png", icc_profile=sample_pictures.tabulated(KNOWN[1]), exif=exif)
    return image


GPS = "left out: 1 tag of EXIF, the place among them; metadata=keep keeps all"
BYTE = "the profile is Display P3, which takes one byte"


@pytest.mark.parametrize(
    ("flags", "lines", "icc_bytes", "place"),
    [
        ((), [], 1, False),
        (("-v",), [GPS, BYTE], 1, False),
        (("--verbose", "--metadata=basic"), [GPS, BYTE], 1, False),
        (("-v", "--metadata"), [GPS, BYTE], 1, False),
        (("-v", "--metadata=keep"), [], None, True),
        (("--nometadata",), [], 0, False),
        (("--metadata=none",), [], 0, False),
    ],
)
def test_metadata(
    flags: tuple[str, ...],
    lines: list[str],
    icc_bytes: int | None,
    place: bool,
    run: Run,
    photo: Image.Image,
    tmp_path: Path,
) -> None:
    assert run(compress, "photo.png", "a.tgc", *flags) == lines
    file, sizes = container.parse((tmp_path / "a.tgc").read_bytes())
    assert sizes.icc > 500 if icc_bytes is None else sizes.icc == icc_bytes
    exif = file.exif
    assert (exif is not None) == (icc_bytes != 0)
    assert (b"N\0" in (exif or b"")) == place


def test_other_metadata_is_refused(
    photo: Image.Image, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compress.main(["tgc", str(tmp_path / "photo.png"), "a.tgc", "--metadata=all"]) == 2
    assert "<none|basic|keep>" in capsys.readouterr().err


def test_pages(run: Run, photo: Image.Image, tmp_path: Path) -> None:
    photo.save(tmp_path / "a.gif", save_all=True, append_images=[photo.rotate(180)])
    text = f"{tmp_path / 'a.gif'} holds 2 pictures; only the first is kept (choose with page)"
    assert run(compress, "a.gif", "first.tgc") == [text]
    assert run(compress, "a.gif", "one.tgc", "--page=1") == []
    assert run(compress, "a.gif", "two.tgc", "--page=2") == []
    first, one, two = ((tmp_path / f"{n}.tgc").read_bytes() for n in ("first", "one", "two"))
    assert first == one != two


def test_more_bits_than_the_highest_quality_takes(
    run: Run, photo: Image.Image, tmp_path: Path
) -> None:
    for flag in ("--bpp=50", "--bytes=15000"):
        (line,) = run(compress, "photo.png", "a.tgc", flag)
        size = (tmp_path / "a.tgc").stat().st_size
        assert line == f"the highest quality is reached: the file takes {size} of 15000 bytes"
    assert run(compress, "photo.png", "b.tgc", f"--bytes={size}") == []
    assert run(compress, "photo.png", "b.tgc", "--quality=255") == []


def test_transparency_in_a_jpeg(run: Run, tmp_path: Path) -> None:
    sample_pictures.image(20, 20, "RGBA").save(tmp_path / "a.png")
    assert run(compress, "a.png", "a.tgc") == []
    text = "JPEG holds no transparency: the picture stands on white"
    assert run(decompress, "a.tgc", "a.jpg") == [text]
    assert run(decompress, "a.tgc", "b.png") == []


def test_logging_is_left_as_it_was(run: Run, photo: Image.Image) -> None:
    logger = logging.getLogger("tfgan_codec")
    before = (logger.level, logger.propagate, list(logger.handlers))
    run(compress, "photo.png", "a.tgc", "-v")
    assert (logger.level, logger.propagate, list(logger.handlers)) == before


def test_info_names_the_colours(tiny: tgc.Codec) -> None:
    image = sample_pictures.image(40, 30)
    for profile, metadata, name in (
        (None, "basic", "sRGB"),
        (SRGB, "basic", "sRGB"),
        (SRGB, "keep", "embedded"),
        (KNOWN[2], "basic", "Adobe RGB (1998)"),
    ):
        image.info.clear()
        if profile is not None:
            image.info["icc_profile"] = sample_pictures.tabulated(profile)
        assert description.of_file(tiny.compress(image, metadata=metadata))["profile"] == name
