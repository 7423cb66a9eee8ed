"""Tests of writing pictures, with colour profile and EXIF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import Image
from sample_pictures import MAKE

from tfgan_codec.errors import ImageError
from tfgan_codec.pictures import writing
from tfgan_codec.pictures.picture import Picture, to_image

WIDTH, HEIGHT = 20, 30


@pytest.mark.parametrize("name", ["a.png", "a.PNG", "a.jpg", "a.webp", "a.tif"])
def test_save_keeps_profile_and_exif(name: str, tmp_path: Path) -> None:
    image = sample_pictures.image(WIDTH, HEIGHT)
    profile = sample_pictures.rgb_profile()
    block = sample_pictures.exif().tobytes()[6:]
    picture = Picture(np.asarray(image), icc=profile, exif=block)
    writing.save(to_image(picture), tmp_path / name)
    with Image.open(tmp_path / name) as saved:
        assert saved.size == image.size
        assert saved.info["icc_profile"] == profile
        assert saved.getexif()[MAKE] == "Camera Works"
        if not name.endswith("jpg"):
            assert np.array_equal(np.asarray(saved), np.asarray(image))


@pytest.mark.parametrize(
    ("name", "mode", "message"),
    [
        ("a", "RGB", "no picture format"),
        ("a.xyz", "RGB", "no picture format"),
        ("a.tgc", "RGB", "no picture format"),
        ("a.msp", "RGB", "cannot be stored as MSP"),
        ("no/such/folder/a.png", "RGB", "No such file"),
        ("folder.png", "RGB", "Is a directory"),
    ],
)
def test_save_refuses(
    name: str, mode: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(Image.EXTENSION, ".tgc", raising=False)  # another test may have added it
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ImageError, match=message):
        writing.save(sample_pictures.image(4, 4, mode), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.png"]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("name", ["a.jpg", "a.bmp", "a.ppm", "a.pcx"])
def test_transparency_stands_on_white_where_it_cannot_be_stored(
    name: str, mode: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A black picture: hidden is white, half seen is grey, seen is black."""
    image = Image.new(mode, (48, 16))
    alpha = Image.new("L", image.size)
    alpha.paste(128, (16, 0, 32, 16))
    alpha.paste(255, (32, 0, 48, 16))
    image.putalpha(alpha)
    writing.save(image, tmp_path / name)
    assert len(caplog.messages) == 1
    assert "holds no transparency: the picture stands on white" in caplog.messages[0]
    with Image.open(tmp_path / name) as saved:
        shown = np.asarray(saved.convert("L")).astype(int)[:, 8::16]
    assert np.abs(shown - [[255, 127, 0]]).max() <= 2
    assert image.mode == mode


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tif", "a.tga", "a.jp2", "a.avif"])
def test_transparency_is_stored_where_it_can_be(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    image = sample_pictures.image(48, 32, "RGBA")
    writing.save(image, tmp_path / name)
    assert not caplog.messages
    with Image.open(tmp_path / name) as saved:
        assert np.abs(np.asarray(saved.getchannel("A"), int) - image.getchannel("A")).mean() < 4
