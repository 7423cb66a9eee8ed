"""Tests that pictures of every Pillow mode become what the codec takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import Image

from tfgan_codec.errors import ImageError
from tfgan_codec.pictures import reading
from tfgan_codec.pictures.picture import to_image

WIDTH, HEIGHT = 20, 30


@pytest.mark.parametrize(
    ("mode", "grey", "alpha"),
    [
        ("1", True, False),
        ("L", True, False),
        ("LA", True, True),
        ("P", False, False),
        ("RGB", False, False),
        ("RGBA", False, True),
        ("RGBX", False, False),
        ("CMYK", False, False),
        ("YCbCr", False, False),
        ("HSV", False, False),
    ],
)
def test_modes(mode: str, grey: bool, alpha: bool) -> None:
    source = sample_pictures.image(WIDTH, HEIGHT, mode)
    picture = reading.read(source)
    assert picture.rgb.shape == (HEIGHT, WIDTH, 3)
    assert picture.rgb.dtype == np.uint8
    assert picture.grey == grey
    assert (picture.alpha is not None) == alpha
    assert np.array_equal(picture.rgb, np.asarray(source.convert("RGB")))
    image = to_image(picture)
    assert image.mode == ("L" if grey else "RGB") + ("A" if alpha else "")
    assert image.size == source.size
    if alpha:
        assert np.array_equal(image.getchannel("A"), source.getchannel("A"))


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_transparent_colour(mode: str, tmp_path: Path) -> None:
    """A palette entry, a grey level or a colour of a PNG that stands for transparent."""
    source = Image.new("RGB", (8, 4), (9, 9, 9))
    source.paste((200, 200, 200), (0, 0, 4, 4))
    source = source.convert(mode)
    path = tmp_path / "picture.png"
    source.save(path, transparency=source.getpixel((0, 0)))
    picture = reading.read(path)
    assert picture.grey == (mode == "L")
    assert picture.alpha is not None
    assert picture.alpha.tolist() == [[0] * 4 + [255] * 4] * 4


@pytest.mark.parametrize(("dtype", "name"), [(np.uint16, "picture.png"), (np.int32, "picture.tif")])
def test_sixteen_bits(dtype: type, name: str, tmp_path: Path) -> None:
    levels = np.array([[0, 128, 129, 257, 32768, 65534, 65535]], dtype)
    path = tmp_path / name
    Image.fromarray(levels).save(path)
    picture = reading.read(path)
    assert picture.grey
    assert picture.rgb[0, :, 0].tolist() == [0, 0, 1, 1, 128, 255, 255]


def test_unsupported_mode() -> None:
    with pytest.raises(ImageError, match="mode F are not supported"):
        reading.read(Image.new("F", (3, 3)))


@pytest.mark.parametrize(
    ("mode", "space", "kept"),
    [
        ("RGB", b"RGB ", True),
        ("RGBA", b"RGB ", True),
        ("P", b"RGB ", True),
        ("L", b"GRAY", True),
        ("LA", b"GRAY", True),
        ("L", b"RGB ", False),
        ("RGB", b"GRAY", False),
        ("CMYK", b"RGB ", False),
    ],
)
def test_profile_is_kept_when_it_fits(mode: str, space: bytes, kept: bool) -> None:
    image = sample_pictures.image(WIDTH, HEIGHT, mode)
    profile = sample_pictures.profile_of(space)
    image.info["icc_profile"] = profile
    picture = reading.read(image)
    assert picture.icc == (profile if kept else None)
    assert to_image(picture).info.get("icc_profile") == picture.icc


def test_cmyk_profile_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pixels go through the profile to sRGB; a real CMYK profile is too large for a fixture."""
    from PIL import ImageCms

    image = sample_pictures.image(WIDTH, HEIGHT, "CMYK")
    image.info["icc_profile"] = sample_pictures.rgb_profile()
    converted = sample_pictures.image(WIDTH, HEIGHT, seed=5)
    calls = []

    def convert(source: Image.Image, *args: object, **options: object) -> Image.Image:
        calls.append((source.mode, options))
        return converted

    monkeypatch.setattr(ImageCms, "profileToProfile", convert)
    picture = reading.read(image)
    assert calls == [("CMYK", {"outputMode": "RGB"})]
    assert np.array_equal(picture.rgb, np.asarray(converted))
    assert picture.icc is None


def test_cmyk_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    colours = sample_pictures.image(WIDTH, HEIGHT, "CMYK")
    colours.save(path, quality=95)
    picture = reading.read(path)
    assert np.abs(picture.rgb.astype(int) - np.asarray(colours.convert("RGB"))).mean() < 12
