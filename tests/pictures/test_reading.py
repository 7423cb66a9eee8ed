"""Tests of reading pictures: files, arrays, and what must be refused."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import Image

from tfgan_codec.errors import ImageError
from tfgan_codec.pictures import reading
from tfgan_codec.pictures.picture import to_image


def test_first_frame_of_an_animation(tmp_path: Path) -> None:
    path = tmp_path / "animation.gif"
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert reading.read(path).rgb[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("shape", [(5, 4), (5, 4, 3), (5, 4, 4)])
def test_arrays(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    picture = reading.read(array)
    assert np.array_equal(np.asarray(to_image(picture)), array)


@pytest.mark.parametrize(
    "array",
    [np.zeros([5, 4, 3]), np.zeros([5, 0, 3], np.uint8), np.zeros(5, np.uint8)],
    ids=["float", "empty", "flat"],
)
def test_arrays_that_are_no_picture(array: np.ndarray) -> None:
    with pytest.raises(ImageError, match="is not a picture"):
        reading.read(array)


def test_bad_files(tmp_path: Path) -> None:
    text, empty, missing = tmp_path / "text.png", tmp_path / "empty.png", tmp_path / "missing.png"
    text.write_text("this is no picture")
    empty.touch()
    for path, message in [
        (text, "not a picture"),
        (empty, "is empty"),
        (missing, "No such file"),
        (tmp_path, "directory"),
    ]:
        with pytest.raises(ImageError, match=message) as caught:
            reading.read(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
def test_damaged_files(file_format: str, tmp_path: Path) -> None:
    """Whatever Pillow raises, and it raises many things, becomes ImageError."""
    data = sample_pictures.encoded(sample_pictures.image(60, 60), file_format)
    path = tmp_path / "picture"
    rng = np.random.default_rng(1)
    for _ in range(60):
        damaged = bytearray(data[: rng.integers(1, len(data))])
        damaged[rng.integers(len(damaged))] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        with contextlib.suppress(ImageError):
            reading.read(path)


def test_too_many_pixels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    sample_pictures.image(40, 40).save(path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert reading.read(path).rgb.shape == (40, 40, 3)  # Pillow would only warn: no noise
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    with pytest.raises(ImageError, match="too large"):
        reading.read(path)


def test_sizes_out_of_bounds() -> None:
    with pytest.raises(ImageError, match="16384x16385 pixels is not supported"):
        reading.read(np.broadcast_to(np.uint8(7), [16385, 16384, 3]))
    with pytest.raises(ImageError, match="0x5 pixels is not supported"):
        reading.read(Image.new("RGB", (0, 5)))
