"""Synthetic pictures for tests: smooth colours with some texture, the same on every run."""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image, ImageCms

from tfgan_codec.format import profiles

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


def tabulated(profile: profiles.Profile, entries: int = 1024, ballast: int = 0) -> bytes:
    """An ICC profile of version 2 with the colours of another, whose curve is a table, as most
    cameras and older programs write them; `ballast` more bytes are of a private kind."""
    (gamma, *linear), x = profile.curve, np.linspace(0, 1, entries)
    light = x**gamma
    if linear:
        a, b, c, d = linear
        light = np.where(x >= d, (a * x + b) ** gamma, c * x)
    curve = struct.pack(">4s4xI", b"curv", entries)
    curve += np.round(light * 65535).astype(">u2").tobytes()
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    tags = {b"wtpt": white, b"cprt": b"text\0\0\0\0none\0"}
    tags[b"tech"] = np.random.default_rng(0).bytes(ballast)
    if profile.colorants is None:
        tags[b"kTRC"] = curve
    else:
        for i, colour in enumerate((b"r", b"g", b"b")):
            numbers = profile.colorants[3 * i : 3 * i + 3]
            tags[colour + b"XYZ"] = b"XYZ \0\0\0\0" + struct.pack(">3i", *numbers)
            tags[colour + b"TRC"] = curve
    space = b"GRAY" if profile.colorants is None else b"RGB "
    head = struct.pack(
        ">8xI4s4s4s12x4s28x12s", 0x02100000, b"mntr", space, b"XYZ ", b"acsp", white[8:]
    )
    table, data, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", start + len(data), len(tag))
        data += tag + bytes(-len(tag) % 4)
    whole = head.ljust(128, b"\0") + table + data
    return struct.pack(">I", len(whole)) + whole[4:]


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
