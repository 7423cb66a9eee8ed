"""Tests of reading pictures: files, arrays, and what must be refused."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import Image

from tfgan_codec.errors import ImageError, UsageError
from tfgan_codec.pictures import reading
from tfgan_codec.pictures.picture import to_image


@pytest.mark.parametrize("name", ["animation.gif", "animation.png", "animation.webp", "pages.tif"])
def test_pages(name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever does not choose learns that there are others than the first."""
    path = tmp_path / name
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue", "white")]
    options = {"lossless": True} if name.endswith("webp") else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)
    assert reading.read(path).rgb[0, 0].tolist() == [255, 0, 0]
    assert caplog.messages == [
        f"{path} holds 3 pictures; only the first is kept (choose with page)"
    ]
    assert caplog.records[0].levelname == "WARNING"
    caplog.clear()
    for page, colour in ((1, [255, 0, 0]), (2, [0, 0, 255]), (3, [255, 255, 255])):
        assert reading.read(path, page).rgb[0, 0].tolist() == colour
        assert reading.read(path.read_bytes(), page).rgb[0, 0].tolist() == colour
    with pytest.raises(UsageError, match="no page 4; it has 3"):
        reading.read(path, 4)
    with Image.open(path) as image:  # in Pillow's own way
        image.seek(1)
        assert reading.read(image).rgb[0, 0].tolist() == [0, 0, 255]
        with pytest.raises(UsageError, match="seek in a Pillow image"):
            reading.read(image, 2)
    assert not caplog.messages


def test_the_first_page_of_a_file_that_breaks_off() -> None:
    frames = [sample_pictures.image(60, 40, seed=seed).convert("P") for seed in range(3)]
    whole = sample_pictures.encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    alone = reading.read(sample_pictures.encoded(frames[0], "GIF"))
    for share in (0.5, 0.6, 0.7, 0.8, 0.9):
        found = reading.read(whole[: int(share * len(whole))])
        assert np.array_equal(found.rgb, alone.rgb)


def test_pages_of_what_has_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.png"
    sample_pictures.image(4, 4).save(path)
    assert np.array_equal(reading.read(path, 1).rgb, reading.read(path).rgb)
    with pytest.raises(UsageError, match="no page 2; it has 1"):
        reading.read(path, 2)
    assert not caplog.messages


def test_previews_of_a_camera_are_no_pages(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Phones store previews and depths after a photograph (MPO): not worth a word."""
    path = tmp_path / "photo.jpg"
    preview = sample_pictures.image(24, 16)
    sample_pictures.image(48, 32).save(path, "MPO", save_all=True, append_images=[preview])
    with Image.open(path) as image:
        assert (image.format, image.n_frames) == ("MPO", 2)
    assert reading.read(path).rgb.shape == (32, 48, 3)
    assert reading.read(path, 2).rgb.shape == (16, 24, 3)
    assert not caplog.messages


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
