"""Tests of picture input and output: every kind Pillow opens, and what must survive."""

from __future__ import annotations

import contextlib
import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import ExifTags, Image
from sample_pictures import MAKE, ORIENTATION

from tfgan_codec import image_io
from tfgan_codec.errors import BitstreamError, ImageError

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
    picture = image_io.read(source)
    assert picture.rgb.shape == (HEIGHT, WIDTH, 3)
    assert picture.rgb.dtype == np.uint8
    assert picture.grey == grey
    assert (picture.alpha is not None) == alpha
    assert np.array_equal(picture.rgb, np.asarray(source.convert("RGB")))
    image = image_io.to_image(picture)
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
    picture = image_io.read(path)
    assert picture.grey == (mode == "L")
    assert picture.alpha is not None
    assert picture.alpha.tolist() == [[0] * 4 + [255] * 4] * 4


@pytest.mark.parametrize(("dtype", "name"), [(np.uint16, "picture.png"), (np.int32, "picture.tif")])
def test_sixteen_bits(dtype: type, name: str, tmp_path: Path) -> None:
    levels = np.array([[0, 128, 129, 257, 32768, 65534, 65535]], dtype)
    path = tmp_path / name
    Image.fromarray(levels).save(path)
    picture = image_io.read(path)
    assert picture.grey
    assert picture.rgb[0, :, 0].tolist() == [0, 0, 1, 1, 128, 255, 255]


def test_unsupported_mode() -> None:
    with pytest.raises(ImageError, match="mode F are not supported"):
        image_io.read(Image.new("F", (3, 3)))


def test_first_frame_of_an_animation(tmp_path: Path) -> None:
    path = tmp_path / "animation.gif"
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert image_io.read(path).rgb[0, 0].tolist() == [255, 0, 0]


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
        picture = image_io.read(image)
        if file_format != "TIFF":  # Pillow itself turns these when it loads them
            assert image.getexif()[ORIENTATION] == orientation  # the caller's image is left alone
    difference = np.abs(picture.rgb.astype(int) - np.asarray(upright)).mean()
    assert picture.rgb.shape == (32, 48, 3)
    assert difference < 3
    if file_format != "TIFF":
        block = image_io.to_image(picture).getexif()
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
    picture = image_io.read(image)
    assert picture.exif == plain
    restored = image_io.to_image(picture).getexif()
    assert restored.get_ifd(0x8825)[1] == "N"
    assert restored.get_ifd(0x8769)[0x9003] == "2024:01:01 00:00:00"
    assert not restored.get_ifd(ExifTags.IFD.IFD1)


def test_no_empty_exif() -> None:
    block = Image.Exif()
    block[ORIENTATION] = 6
    data = sample_pictures.encoded(Image.new("RGB", (8, 16)), "JPEG", exif=block)
    picture = image_io.read(Image.open(io.BytesIO(data)))
    assert picture.rgb.shape[:2] == (8, 16)
    assert picture.exif is None


def test_damaged_exif_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    damaged = b"Exif\0\0II*\0\xff\xff\xff\xff"
    path.write_bytes(sample_pictures.encoded(Image.new("RGB", (8, 8)), "JPEG", exif=damaged))
    assert image_io.read(path).exif is None


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
    picture = image_io.read(image)
    assert picture.icc == (profile if kept else None)
    assert image_io.to_image(picture).info.get("icc_profile") == picture.icc


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
    picture = image_io.read(image)
    assert calls == [("CMYK", {"outputMode": "RGB"})]
    assert np.array_equal(picture.rgb, np.asarray(converted))
    assert picture.icc is None


def test_cmyk_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    colours = sample_pictures.image(WIDTH, HEIGHT, "CMYK")
    colours.save(path, quality=95)
    picture = image_io.read(path)
    assert np.abs(picture.rgb.astype(int) - np.asarray(colours.convert("RGB"))).mean() < 12


@pytest.mark.parametrize("shape", [(5, 4), (5, 4, 3), (5, 4, 4)])
def test_arrays(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    picture = image_io.read(array)
    assert np.array_equal(np.asarray(image_io.to_image(picture)), array)


@pytest.mark.parametrize(
    "array",
    [np.zeros([5, 4, 3]), np.zeros([5, 0, 3], np.uint8), np.zeros(5, np.uint8)],
    ids=["float", "empty", "flat"],
)
def test_arrays_that_are_no_picture(array: np.ndarray) -> None:
    with pytest.raises(ImageError, match="is not a picture"):
        image_io.read(array)


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
            image_io.read(path)
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
            image_io.read(path)


def test_too_many_pixels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    sample_pictures.image(40, 40).save(path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert image_io.read(path).rgb.shape == (40, 40, 3)  # Pillow would only warn: no noise
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    with pytest.raises(ImageError, match="too large"):
        image_io.read(path)


def test_sizes_out_of_bounds() -> None:
    with pytest.raises(ImageError, match="16384x16385 pixels is not supported"):
        image_io.read(np.broadcast_to(np.uint8(7), [16385, 16384, 3]))
    with pytest.raises(ImageError, match="0x5 pixels is not supported"):
        image_io.read(Image.new("RGB", (0, 5)))


@pytest.mark.parametrize("name", ["a.png", "a.PNG", "a.jpg", "a.webp", "a.tif"])
def test_save_keeps_profile_and_exif(name: str, tmp_path: Path) -> None:
    image = sample_pictures.image(WIDTH, HEIGHT)
    profile = sample_pictures.rgb_profile()
    block = sample_pictures.exif().tobytes()[6:]
    picture = image_io.Picture(np.asarray(image), icc=profile, exif=block)
    image_io.save(image_io.to_image(picture), tmp_path / name)
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
        ("a.jpg", "RGBA", "cannot be stored as JPEG"),
        ("no/such/folder/a.png", "RGB", "No such file"),
        ("folder.png", "RGB", "Is a directory"),
    ],
)
def test_save_refuses(name: str, mode: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ImageError, match=message):
        image_io.save(sample_pictures.image(4, 4, mode), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.png"]


def test_write_file_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        image_io.write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    image_io.write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="POSIX files")
def test_write_file_follows_links_and_umask(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    image_io.write_file(link, b"data")
    assert link.is_symlink()
    assert target.read_bytes() == b"data"
    umask = os.umask(0)
    os.umask(umask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~umask
    image_io.write_file("/dev/null", b"data")
    assert not os.path.isfile("/dev/null")


def test_alpha_round_trip() -> None:
    alpha = np.random.default_rng(0).integers(0, 256, [7, 9], np.uint8)
    assert np.array_equal(image_io.unpack_alpha(image_io.pack_alpha(alpha), 9, 7), alpha)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a PNG",
        sample_pictures.encoded(Image.new("L", (9, 8))),
        sample_pictures.encoded(Image.new("RGB", (9, 7))),
        sample_pictures.encoded(Image.new("L", (9, 7)), "BMP"),
        sample_pictures.encoded(sample_pictures.image(9, 7, "L"))[:60],
    ],
    ids=["empty", "garbage", "other size", "colour", "other format", "cut"],
)
def test_bad_alpha(data: bytes) -> None:
    with pytest.raises(BitstreamError, match="alpha plane"):
        image_io.unpack_alpha(data, 9, 7)
