"""Tests of saving .tgc files with Pillow: modes, options, metadata, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sample_pictures
from PIL import ExifTags, Image

import tfgan_codec as tgc
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.format import profiles
from tfgan_codec.format.payload import Symbols


def saved(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "TGC", **options)
    return file.getvalue()


def test_takes_the_place_of_compress(tmp_path: Path) -> None:
    """To paths and to files, by extension and by name; about 0.1 bits per pixel by default."""
    picture = sample_pictures.image(150, 100)
    expected = tgc.compress(picture)
    for path in (tmp_path / "a.tgc", str(tmp_path / "b.TGC")):
        picture.save(path)
        assert Path(path).read_bytes() == expected
    picture.save(tmp_path / "c.bin", format="tgc")
    assert (tmp_path / "c.bin").read_bytes() == expected
    with (tmp_path / "d.tgc").open("wb") as file:
        picture.save(file)
    assert (tmp_path / "d.tgc").read_bytes() == expected
    assert saved(picture) == expected


@pytest.mark.parametrize(
    ("mode", "opened_as"),
    [
        ("1", "L"),
        ("L", "L"),
        ("LA", "LA"),
        ("P", "RGB"),
        ("RGB", "RGB"),
        ("RGBA", "RGBA"),
        ("CMYK", "RGB"),
        ("YCbCr", "RGB"),
        ("I;16", "L"),
    ],
)
def test_modes(mode: str, opened_as: str) -> None:
    """The file is that of the converted picture, of which sixteen bits keep the upper eight."""
    expected = sample_pictures.image(60, 40, mode if mode != "I;16" else "L")
    picture = expected
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(expected).astype(np.uint16) * 257)
    before = picture.tobytes()
    assert picture.mode == mode
    data = saved(picture, quality=200)
    assert data == tgc.compress(expected.convert(opened_as), quality=200)
    image = Image.open(io.BytesIO(data))
    assert (image.mode, image.size) == (opened_as, (60, 40))
    assert np.array_equal(image, tgc.decompress(data))
    if opened_as.endswith("A"):
        assert np.array_equal(image.getchannel("A"), picture.getchannel("A"))
    assert (picture.mode, picture.tobytes()) == (mode, before)


def test_a_transparent_colour_of_a_palette() -> None:
    picture = sample_pictures.image(60, 40).quantize(8)
    picture.info["transparency"] = picture.getpixel((0, 0))
    image = Image.open(io.BytesIO(saved(picture)))
    assert image.mode == "RGBA"
    assert np.array_equal(image.getchannel("A"), picture.convert("RGBA").getchannel("A"))


def test_a_mode_that_is_not_supported(tmp_path: Path) -> None:
    path = tmp_path / "a.tgc"
    with pytest.raises(OSError, match="mode F are not supported") as caught:
        Image.new("F", (9, 9)).save(path)
    assert isinstance(caught.value, tgc.ImageError)
    assert not path.exists()


def test_sizes_that_are_asked_for(tiny_dir: Path) -> None:
    picture = sample_pictures.image(150, 100)
    assert 300 < len(saved(picture, bytes=400)) <= 400
    assert 0.2 < len(saved(picture, bpp=0.25)) * 8 / 15000 <= 0.25
    assert saved(picture, quality=37) == tgc.compress(picture, quality=37)
    nothing = dict.fromkeys(["bpp", "bytes", "metadata", "model", "search"])
    assert saved(picture, quality=37, **nothing) == saved(picture, quality=37)
    other = saved(picture, quality=37, model=tiny_dir)
    assert other == tgc.compress(picture, quality=37, model=tiny_dir)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"bpp": 0.1, "quality": 3}, "only one of"),
        ({"bytes": 5}, "5 bytes are too few"),
        ({"quality": 256}, "quality"),
        ({"optimize": True}, "no option optimize; save.. takes bpp, bytes, quality, .*icc_profile"),
        ({"realism": 0.0}, "no option realism"),
        ({"search": "realism100"}, "search must be a Refiner"),
        ({"exif": "text"}, "exif must be bytes, not str"),
        ({"exif": b"text"}, "exif is none that can be read"),
        ({"icc_profile": 7}, "icc_profile must be bytes, not int"),
        ({"icc_profile": bytes(200)}, "icc_profile is none that can be read"),
        ({"icc_profile": profiles.SRGB.icc(), "metadata": "none"}, "leave out icc_profile"),
        ({"exif": sample_pictures.exif(), "metadata": False}, "leave out exif, or metadata"),
        ({"metadata": "all"}, "metadata must be none, basic or keep"),
        ({"save_all": True}, "holds one picture: leave out save_all"),
        ({"append_images": [Image.new("L", (9, 9))]}, "leave out save_all and append_images"),
        ({"save_all": False, "append_images": [1]}, "no option append_images"),
    ],
)
def test_options_that_make_no_sense(tmp_path: Path, options: dict, reason: str) -> None:
    path = tmp_path / "a.tgc"
    with pytest.raises(ValueError, match=reason) as caught:
        sample_pictures.image(60, 40).save(path, **options)
    assert isinstance(caught.value, tgc.UsageError)
    assert not path.exists()


def source(profile: bytes, orientation: int) -> Image.Image:
    """A JPEG file with an ICC profile and EXIF, among it what only `keep` keeps."""
    exif = sample_pictures.exif(orientation)
    exif[ExifTags.Base.Software] = "Any Program"
    picture = sample_pictures.image(60, 40)
    jpeg = sample_pictures.encoded(picture, "JPEG", icc_profile=profile, exif=exif)
    return Image.open(io.BytesIO(jpeg))


def test_metadata_of_the_picture_are_kept_as_the_policy_says() -> None:
    """`basic`: of the profiles that cost a byte, and of EXIF what people miss."""
    p3 = profiles.KNOWN[1].icc()
    image = Image.open(io.BytesIO(saved(source(p3, orientation=6))))
    assert image.size == (40, 60)
    assert image.info["icc_profile"] == p3
    assert dict(image.getexif()) == {sample_pictures.MAKE: "Camera Works"}
    again = Image.open(io.BytesIO(saved(image)))
    assert (again.size, again.info) == (image.size, image.info)
    srgb = sample_pictures.rgb_profile()
    assert "icc_profile" not in Image.open(io.BytesIO(saved(source(srgb, 1)))).info
    kept = Image.open(io.BytesIO(saved(source(srgb, 6), metadata="keep")))
    assert kept.info["icc_profile"] == srgb
    assert kept.getexif()[ExifTags.Base.Software] == "Any Program"
    assert kept.getexif()[sample_pictures.ORIENTATION] == 1
    assert Image.open(io.BytesIO(saved(source(p3, 6), metadata="none"))).info == {}


def test_metadata_that_are_given() -> None:
    p3, adobe = profiles.KNOWN[1].icc(), profiles.KNOWN[2].icc()
    picture = sample_pictures.image(60, 40)
    picture.info["exif"] = sample_pictures.exif().tobytes()
    picture.info["icc_profile"] = p3
    info = dict(picture.info)
    for empty in (None, b""):
        bare = saved(picture, exif=empty, icc_profile=empty)
        assert Image.open(io.BytesIO(bare)).info == {}
    other = sample_pictures.exif(orientation=8)
    other[sample_pictures.MAKE] = "Another Maker"
    for given in (other, other.tobytes(), other.tobytes()[6:]):
        image = Image.open(io.BytesIO(saved(picture, exif=given)))
        assert image.size == (40, 60)  # it is stored upright
        assert image.getexif()[sample_pictures.MAKE] == "Another Maker"
        assert image.info["icc_profile"] == p3
    image = Image.open(io.BytesIO(saved(picture, icc_profile=adobe)))
    assert image.info["icc_profile"] == adobe
    assert picture.info == info


def test_over_the_file_that_is_open(tmp_path: Path) -> None:
    path = tmp_path / "a.tgc"
    sample_pictures.image(60, 40).save(path, quality=200)
    decoded = tgc.decompress(path)
    with Image.open(path) as image:
        image.save(path, quality=20)
    assert path.read_bytes() == tgc.compress(decoded, quality=20)


def test_search_refines(tmp_path: Path) -> None:
    """By any refiner; the one of the training library needs TensorFlow."""
    calls = []

    def refiner(
        bundle: Bundle, rgb: Any, y: Any, symbols: Symbols, quality: int, nbits: float
    ) -> Symbols:
        calls.append((bundle.name, rgb.shape, quality))
        return symbols._replace(r=np.zeros_like(symbols.r))

    picture = sample_pictures.image(60, 40)
    found = saved(picture, quality=100, search=refiner)
    assert calls == [("mobile", (40, 60, 3), 100)]
    assert found == tgc.compress(picture, quality=100, refiner=refiner)
    assert len(found) < len(saved(picture, quality=100))
