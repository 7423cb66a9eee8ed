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

from tfgan_codec.pictures import reading
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
