"""Tests of reading and writing pictures in strips: they are the pictures that are read whole."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import Image

from tfgan_codec.errors import ImageError
from tfgan_codec.pictures import reading, strip_writing, strips
from tfgan_codec.pictures.picture import Picture, to_image

SIZE = (70, 90)
CUTS = (1, 0, 40, 7, 42)


def in_strips(path: Path) -> list[Picture]:
    with reading.opening(path) as found:
        source = found.strips()
        assert (source.width, source.height) == SIZE
        return [source.read(count) for count in CUTS]


def saved(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)
    return path


def cases(folder: Path) -> dict[str, Path]:
    rgb, rgba = (sample_pictures.image(*SIZE, mode, seed=2) for mode in ("RGB", "RGBA"))
    turned = Image.Exif()
    turned[0x0112] = 6
    return {
        "rgb": saved(rgb, folder / "rgb.png", exif=sample_pictures.exif().tobytes()),
        "alpha": saved(rgba, folder / "rgba.png", icc_profile=sample_pictures.rgb_profile()),
        "grey": saved(rgb.convert("L"), folder / "l.png"),
        "grey alpha": saved(rgba.convert("LA"), folder / "la.png"),
        "palette": saved(rgb.convert("P"), folder / "p.png"),
        "palette alpha": saved(rgb.convert("P"), folder / "pa.png", transparency=3),
        "key": saved(rgb, folder / "key.png", transparency=(1, 2, 3)),
        "one bit": saved(rgb.convert("1"), folder / "one.png"),
        "turned": saved(rgb.transpose(Image.Transpose.ROTATE_90), folder / "t.png", exif=turned),
        "ppm": saved(rgb, folder / "a.ppm"),
        "pgm": saved(rgb.convert("L"), folder / "a.pgm"),
        "jpeg": saved(rgb, folder / "a.jpg"),
        "tiff": saved(rgb, folder / "a.tif", compression="tiff_lzw"),
    }


def test_strips_are_what_is_read_whole(tmp_path: Path) -> None:
    for name, path in cases(tmp_path).items():
        whole = reading.read(path)
        parts = in_strips(path)
        assert [len(part.rgb) for part in parts] == list(CUTS), name
        assert np.array_equal(np.concatenate([part.rgb for part in parts]), whole.rgb), name
        for part in parts:
            assert (part.grey, part.icc, part.exif) == (whole.grey, whole.icc, whole.exif), name
            assert (part.alpha is None) == (whole.alpha is None), name
        if whole.alpha is not None:
            planes = [part.alpha for part in parts if part.alpha is not None]
            assert np.array_equal(np.concatenate(planes), whole.alpha), name


def unexpected() -> None:
    raise AssertionError("the whole picture is read")


def test_common_files_are_not_held_in_memory(tmp_path: Path) -> None:
    made = cases(tmp_path)
    for name in ("rgb", "alpha", "grey", "palette", "ppm", "pgm"):
        with reading.opening(made[name]) as found:
            found.image.load = unexpected  # type: ignore[method-assign]
            assert isinstance(found.strips(), strips._FileStrips), name


def test_an_image_of_the_caller_stays_open() -> None:
    image = sample_pictures.image(*SIZE)
    with reading.opening(image) as found:
        assert np.array_equal(found.strips().read(90).rgb, np.asarray(image))
    assert image.getpixel((0, 0))


@pytest.mark.parametrize("name", ["a.png", "a.ppm"])
def test_a_picture_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    path = saved(sample_pictures.image(*SIZE), tmp_path / name)
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(ImageError), reading.opening(path) as found:
        found.strips().read(90)


def test_a_damaged_png_is_refused(tmp_path: Path) -> None:
    path = saved(sample_pictures.image(*SIZE), tmp_path / "a.png")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ImageError, match="damaged"), reading.opening(path) as found:
        found.strips().read(90)


def pieces(image: Image.Image) -> list[Image.Image]:
    cut = [image.crop((0, top, 70, min(top + 40, 90))) for top in (0, 40, 80)]
    for each in cut:
        each.info = image.info
    return cut


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "PPM"])
def test_what_is_written_reads_back(mode: str, file_format: str) -> None:
    image = sample_pictures.image(*SIZE, mode, seed=7)
    if not strip_writing.can_write(file_format, mode, exif=False):
        assert file_format == "PPM"
        assert mode.endswith("A")
        return
    if mode.startswith("RGB") and file_format != "PPM":
        image.info["icc_profile"] = sample_pictures.rgb_profile()
    stream = io.BytesIO()
    strip_writing.write(stream, file_format, SIZE, mode, pieces(image))
    with Image.open(stream) as found:
        assert (found.format, found.mode) == (file_format, mode)
        assert np.array_equal(np.asarray(found), np.asarray(image))
        assert found.info.get("icc_profile") == image.info.get("icc_profile")


def test_png_keeps_exif(tmp_path: Path) -> None:
    image = to_image(
        Picture(np.zeros((90, 70, 3), np.uint8), exif=sample_pictures.exif().tobytes()[6:])
    )
    stream = io.BytesIO()
    strip_writing.write(stream, "PNG", SIZE, "RGB", pieces(image))
    with Image.open(stream) as found:
        assert dict(found.getexif()) == dict(sample_pictures.exif())
    assert not strip_writing.can_write("TIFF", "RGB", exif=True)
