"""Tests of which files are opened: nothing that starts another program, HEIC where it can be."""

from __future__ import annotations

import io
import os
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import EpsImagePlugin, Image, UnidentifiedImageError

from tfgan_codec.errors import ImageError
from tfgan_codec.format.profiles import KNOWN
from tfgan_codec.pictures import opening, reading, writing

# Reading these starts a program, needs one, or a handler that other packages install.
UNSAFE = ("EPS", "WMF", "BUFR", "GRIB", "HDF5", "FPX", "MIC", "MPEG")
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)


def test_formats_that_start_programs_are_not_in_the_list() -> None:
    assert not set(UNSAFE) & set(opening.FORMATS)
    Image.init()
    assert set(opening.FORMATS) - {"HEIF"} <= set(Image.OPEN)


def test_eps_does_not_start_ghostscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: object, **__: object) -> None:
        pytest.fail("Ghostscript was started")

    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", started)
    path = tmp_path / "picture.png"  # whatever its name
    sample_pictures.image(8, 8).save(path, "EPS")
    for source in (path, path.read_bytes()):
        with pytest.raises(ImageError, match="is EPS, which is not opened"):
            reading.read(source)


@pytest.mark.parametrize("file_format", ["IM", "MSP", "XBM", "PALM", "BLP"])
def test_rare_formats_are_not_opened(file_format: str) -> None:
    image = sample_pictures.image(8, 8).convert({"MSP": "1", "XBM": "1"}.get(file_format, "P"))
    data = io.BytesIO()
    try:
        image.save(data, file_format)
    except (OSError, ValueError):
        pytest.skip(f"Pillow cannot write {file_format} here")
    with pytest.raises(ImageError, match="the picture is not a picture that can be read"):
        reading.read(data.getvalue())


@pytest.mark.parametrize(
    ("file_format", "mode"),
    [
        *(("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGBA"), ("AVIF", "RGB"), ("TIFF", "RGBA")),
        *(("GIF", "P"), ("BMP", "RGB"), ("PPM", "RGB"), ("TGA", "RGBA"), ("ICO", "RGBA")),
        *(("PCX", "RGB"), ("SGI", "RGB"), ("DDS", "RGBA"), ("QOI", "RGB"), ("JPEG2000", "RGB")),
    ],
)
def test_common_formats_are_opened(file_format: str, mode: str) -> None:
    data = sample_pictures.encoded(sample_pictures.image(32, 32, mode), file_format)
    picture = reading.read(data)
    assert picture.rgb.shape == (32, 32, 3)
    assert (picture.alpha is not None) == (mode == "RGBA")


def test_heic_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # importing it fails
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    with pytest.raises(ImageError, match="is a HEIC picture, which needs .* pip install"):
        reading.read(HEIC)


def test_heic_is_registered_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in for pillow-heif."""

    def factory(stream: io.BytesIO, _: str) -> Image.Image:
        return sample_pictures.image(9, 7)

    def register_heif_opener() -> None:
        Image.register_open("HEIF", factory, lambda prefix: prefix[4:12] == b"ftypheic")

    module = types.SimpleNamespace(register_heif_opener=register_heif_opener)
    monkeypatch.setitem(sys.modules, "pillow_heif", module)
    monkeypatch.setitem(Image.OPEN, "HEIF", (None, None))  # so that what is set here is undone
    monkeypatch.delitem(Image.OPEN, "HEIF")
    picture = reading.read(HEIC)
    assert np.array_equal(picture.rgb, sample_pictures.pixels(9, 7))


def test_heic_with_pillow_heif(tmp_path: Path) -> None:
    pytest.importorskip("pillow_heif")
    image = sample_pictures.image(64, 48)
    image.info["icc_profile"] = KNOWN[1].icc()
    writing.save(image, tmp_path / "a.heic")
    for source in (tmp_path / "a.heic", (tmp_path / "a.heic").read_bytes()):
        picture = reading.read(source)
        assert np.abs(picture.rgb.astype(int) - np.asarray(image)).mean() < 10
        assert picture.icc == KNOWN[1].icc()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    import threading

    path = tmp_path / "pipe"
    os.mkfifo(path)
    image = sample_pictures.image(20, 10)
    writer = threading.Thread(target=path.write_bytes, args=(sample_pictures.encoded(image),))
    writer.start()
    try:
        picture = reading.read(path)
    finally:
        writer.join()
    assert np.array_equal(picture.rgb, np.asarray(image))


def test_files_are_closed(tmp_path: Path) -> None:
    """A ResourceWarning would be an error; Windows could not remove an open file."""
    path = tmp_path / "a.png"
    sample_pictures.image(8, 8).save(path)
    with opening.opened(str(path), "it") as image:
        image.load()
    path.unlink()
    with pytest.raises((ImageError, UnidentifiedImageError)), opening.opened(str(path), "it"):
        pass
