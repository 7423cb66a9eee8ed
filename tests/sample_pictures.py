"""Synthetic pictures for tests: smooth colours with some texture, the same on every run."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

ORIENTATION, MAKE = 0x0112, 0x010F


def pixels(width: int, height: int, seed: int = 0) -> np.ndarray:
    """uint8 [height, width, 3]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width] / 40.0
    phase = rng.uniform(0, 6, 3)
    waves = np.sin(x[..., None] + phase) + np.cos(y[..., None] * 0.7 - phase)
    noise = rng.normal(0, 6, [height, width, 3])
    return np.clip(128 + 50 * waves + noise, 0, 255).astype(np.uint8)


def image(width: int, height: int, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """A picture of a Pillow mode; with transparency, the alpha plane is a ramp."""
    colours = Image.fromarray(pixels(width, height, seed))
    if mode in ("RGBA", "LA"):
        ramp = np.add.outer(np.arange(height), np.arange(width)) * 5 % 256
        colours.putalpha(Image.fromarray(ramp.astype(np.uint8)))
    return colours.convert(mode)


def rgb_profile() -> bytes:
    """An sRGB ICC profile, without the date on which it was made."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)
    return bytes(profile)


def profile_of(space: bytes) -> bytes:
    """Something with the header of an ICC profile of a colour space, such as ``b"CMYK"``."""
    profile = bytearray(rgb_profile())
    profile[16:20] = space
    return bytes(profile)


def exif(orientation: int = 1) -> Image.Exif:
    """An EXIF block with an orientation and a camera maker."""
    block = Image.Exif()
    block[ORIENTATION] = orientation
    block[MAKE] = "Camera Works"
    return block


def encoded(picture: Image.Image, file_format: str = "PNG", **options: object) -> bytes:
    """The picture as a file of a format."""
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()
