"""Tests of EXIF: orientation is applied, and what else it says survives."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import ExifTags, Image
from sample_pictures import MAKE, ORIENTATION

from tfgan_codec.pictures import exif, reading
from tfgan_codec.pictures.picture import to_image


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF"])
def test_orientation_is_applied(orientation: int, file_format: str) -> None:
    """A picture whose top left quarter is red when shown as EXIF asks."""
    upright = Image.new("RGB", (48, 32))
    upright.paste((255, 0, 0), (0, 0, 24, 16))
    stored = {  # the inverse of what the orientation asks for
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    raw = upright.transpose(stored[orientation]) if orientation > 1 else upright
    data = sample_pictures.encoded(raw, file_format, exif=sample_pictures.exif(orientation))
    with Image.open(io.BytesIO(data)) as image:
        picture = reading.read(image)
        if file_format != "TIFF":  # Pillow itself turns these when it loads them
            assert image.getexif()[ORIENTATION] == orientation  # the caller's image is left alone
    difference = np.abs(picture.rgb.astype(int) - np.asarray(upright)).mean()
    assert picture.rgb.shape == (32, 48, 3)
    assert difference < 3
    if file_format != "TIFF":
        block = to_image(picture).getexif()
        assert (block[ORIENTATION], block[MAKE]) == (1, "Camera Works")


def with_thumbnail(tiff: bytes, thumbnail: bytes) -> bytes:
    """Adds a second directory that points to a thumbnail; `tiff` is big-endian."""
    entries = int.from_bytes(tiff[8:10], "big")
    link = 10 + 12 * entries
    at = len(tiff)
    directory = struct.pack(">H", 2)
    directory += struct.pack(">HHII", 0x0201, 4, 1, at + 30)
    directory += struct.pack(">HHII", 0x0202, 4, 1, len(thumbnail))
    directory += bytes(4)
    return tiff[:link] + struct.pack(">I", at) + tiff[link + 4 :] + directory + thumbnail


def test_exif_keeps_gps_and_drops_the_thumbnail() -> None:
    block = sample_pictures.exif()
    block.get_ifd(0x8825)[1] = "N"  # GPS latitude reference
    block.get_ifd(0x8769)[0x9003] = "2024:01:01 00:00:00"  # when it was taken
    plain = block.tobytes().removeprefix(b"Exif\0\0")
    full = b"Exif\0\0" + with_thumbnail(plain, b"thumbnail")
    data = sample_pictures.encoded(Image.new("RGB", (8, 8)), "JPEG", exif=full)
    image = Image.open(io.BytesIO(data))
    assert image.getexif().get_ifd(ExifTags.IFD.IFD1)[0x0202] == len(b"thumbnail")
    picture = reading.read(image)
    assert picture.exif == plain
    restored = to_image(picture).getexif()
    assert restored.get_ifd(0x8825)[1] == "N"
    assert restored.get_ifd(0x8769)[0x9003] == "2024:01:01 00:00:00"
    assert not restored.get_ifd(ExifTags.IFD.IFD1)


def test_no_empty_exif() -> None:
    block = Image.Exif()
    block[ORIENTATION] = 6
    data = sample_pictures.encoded(Image.new("RGB", (8, 16)), "JPEG", exif=block)
    picture = reading.read(Image.open(io.BytesIO(data)))
    assert picture.rgb.shape[:2] == (8, 16)
    assert picture.exif is None


def test_damaged_exif_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    damaged = b"Exif\0\0II*\0\xff\xff\xff\xff"
    path.write_bytes(sample_pictures.encoded(Image.new("RGB", (8, 8)), "JPEG", exif=damaged))
    assert reading.read(path).exif is None


def test_basic_keeps_what_people_miss() -> None:
    """Date, camera, exposure and whose it is; not the place, the text, serial numbers and notes."""
    block = sample_pictures.exif()
    kept = {0x0110: "Model", 0x0132: "2024:01:01 00:00:00", 0x013B: "Ann", 0x8298: "(c) Ann"}
    block.update(kept)
    block[0x010E], block[0x0131] = "what it shows", "a program"
    kept_of_camera = {
        0x829A: 0.004,
        0x829D: 2.8,
        0x8827: 400,
        0x9003: "2024:01:01 00:00:00",
        0x9011: "+01:00",
        0x9204: -0.5,
        0x920A: 35.0,
        0xA434: "35mm",
    }
    block.get_ifd(0x8769).update(kept_of_camera)
    block.get_ifd(0x8769).update({0x927C: b"maker's note" * 99, 0xA431: "serial", 0x9286: b"text"})
    block.get_ifd(0x8825).update({1: "N", 2: (1.0, 2.0, 3.0)})
    full = block.tobytes()[6:]
    basics = exif.basic(full)
    assert (basics.dropped, basics.gps) == (2 + 3 + 2, True)
    found = Image.Exif()
    found.load(basics.block)
    assert {tag: found[tag] for tag in found if tag != 0x8769} == {MAKE: "Camera Works", **kept}
    assert found.get_ifd(0x8769) == pytest.approx(kept_of_camera)
    assert not found.get_ifd(0x8825)
    assert exif.basic(basics.block) == (basics.block, 0, False)
    assert len(basics.block) < len(full) / 3


def test_basic_of_nothing_to_keep() -> None:
    block = Image.Exif()
    block[ORIENTATION] = 1
    assert exif.basic(block.tobytes()[6:]) == (None, 0, False)
    block[0x010E] = "what it shows"
    assert exif.basic(block.tobytes()[6:]) == (None, 1, False)
    assert exif.basic(b"II*\0\xff\xff\xff\xff").block is None
    assert exif.basic(b"").block is None


def test_basic_of_damaged_blocks() -> None:
    block = sample_pictures.exif()
    block.get_ifd(0x8769).update({0x829A: 0.004, 0x9003: "2024:01:01 00:00:00"})
    whole = block.tobytes()[6:]
    rng = np.random.default_rng(0)
    for _ in range(500):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[rng.integers(len(damaged))] = rng.integers(256)
        exif.basic(bytes(damaged[: rng.integers(len(damaged) + 1)]))
