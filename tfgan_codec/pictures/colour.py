"""Reads what colour profiles mean, and converts pictures to sRGB where a profile costs too much."""

from __future__ import annotations

import io
import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tfgan_codec.errors import shown
from tfgan_codec.format import profiles

Floats = NDArray[np.float64]

LEVELS = np.linspace(0, 1, 256)  # what an 8-bit picture can store
# Profiles are the same if nobody sees a difference: no grey is off by more than half a unit of the
# lightness L*, no colorant by more than 0.2 % of white. Profiles of one space, which their makers
# round, tabulate and cut off near black in different ways, are closer; other spaces are not.
_LIGHTNESS_TOLERANCE = 0.5
_COLORANT_TOLERANCE = 0.002
_FIXED = 1 << 16
_LOOKUP_TABLES = (b"A2B0", b"A2B1", b"A2B2", b"D2B0", b"D2B1", b"D2B2")


class Meaning(NamedTuple):
    """Holds what a profile without lookup tables says of 8-bit pictures."""

    colorants: Floats | None  # [3, 3]: a row X, Y, Z for each of red, green, blue; None when grey
    curves: Floats  # [3 or 1, 256]: the light of each level, 0..1

    def same_as(self, other: Meaning) -> bool:
        """Whether pictures look the same with both."""
        if (self.colorants is None) != (other.colorants is None):
            return False
        apart = 0.0
        if self.colorants is not None and other.colorants is not None:
            apart = np.abs(self.colorants - other.colorants).max()
        greys = np.abs(_lightness(self.curves) - _lightness(other.curves)).max()
        return bool(apart <= _COLORANT_TOLERANCE and greys <= _LIGHTNESS_TOLERANCE)


def meaning(icc: bytes) -> Meaning | None:
    """Returns what an ICC profile says; None if it says it by lookup tables, or is damaged."""
    try:
        tags = _tags(icc)
        if icc[20:24] != b"XYZ " or any(name in tags for name in _LOOKUP_TABLES):
            return None
        if icc[16:20] == b"GRAY":
            return Meaning(None, np.stack([_curve(tags[b"kTRC"])]))
        if icc[16:20] != b"RGB ":
            return None
        colorants = [struct.unpack_from(">3i", tags[c + b"XYZ"], 8) for c in (b"r", b"g", b"b")]
        curves = [_curve(tags[c + b"TRC"]) for c in (b"r", b"g", b"b")]
        return Meaning(np.array(colorants) / _FIXED, np.stack(curves))
    except (ArithmeticError, KeyError, ValueError, struct.error):
        return None


def recognised(icc: bytes) -> profiles.Profile | None:
    """Returns sRGB, or the known profile, that an ICC profile describes; None for any other."""
    found = meaning(icc)
    if found is None:
        return None
    candidates = (profiles.SRGB, profiles.SRGB_GREY, *profiles.KNOWN.values())
    for candidate in candidates:
        expected = meaning(candidate.icc())
        if expected is not None and found.same_as(expected):
            return candidate
    return None


def to_srgb(image: Image.Image, icc: bytes) -> Image.Image | None:
    """Converts a picture of mode L, RGB or CMYK from its profile to sRGB, with littleCMS.

    Returns a picture of mode L for grey, else RGB; None where the profile is damaged or for other
    channels than the picture's, or this Pillow has no littleCMS.
    """
    from PIL import ImageCms  # takes a while, and few pictures need it

    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(icc)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, ImportError, OSError):
        return None
    if converted is not None and image.mode == "L":
        return converted.getchannel("G")
    return converted


def description(icc: bytes) -> str:
    """Returns the name that a profile gives itself, shortened and safe to print."""
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        name = ImageCms.getProfileDescription(profile).strip()
    except (ImageCms.PyCMSError, ImportError, OSError):
        name = ""
    return shown(name) or "without a name"


def _lightness(light: Floats) -> Floats:
    """Returns CIE's L*, 0..100, of light relative to white."""
    return np.where(light > 216 / 24389, 116 * np.cbrt(light) - 16, light * 24389 / 27)


def _tags(icc: bytes) -> dict[bytes, bytes]:
    """Returns the tags of a profile by name; `struct.error` or `ValueError` if it is damaged."""
    if icc[36:40] != b"acsp":
        raise ValueError("not an ICC profile")
    (count,) = struct.unpack_from(">I", icc, 128)
    found = {}
    for i in range(min(count, 100)):
        name, start, length = struct.unpack_from(">4sII", icc, 132 + 12 * i)
        found[name] = icc[start : start + length]
    return found


def _curve(tag: bytes) -> Floats:
    """Returns the light, 0..1, of each 8-bit level by a tag of ICC's type `curv` or `para`."""
    kind, number = struct.unpack_from(">4s4xI", tag)
    if kind == b"curv":
        values = np.frombuffer(tag, ">u2", number, 12).astype(np.float64)
        if number == 0:
            return LEVELS
        if number == 1:
            return np.asarray(LEVELS ** (values[0] / 256))
        return np.interp(LEVELS, np.linspace(0, 1, number), values / 65535)
    if kind != b"para":
        raise ValueError(f"a curve of type {kind!r}")
    return _parametric(tag, number >> 16)


def _parametric(tag: bytes, kind: int) -> Floats:
    """Returns the values of ICC's parametric curve `kind`, 0..4, at each 8-bit level."""
    count = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}.get(kind)
    if count is None:
        raise ValueError(f"parametric curve {kind}")
    numbers = [each / _FIXED for each in struct.unpack_from(f">{count}i", tag, 12)]
    gamma, a, b, c, d, e, f = numbers + [1.0, 0.0, 0.0, 0.0, 0.0, 0.0][count - 1 :]
    if kind in (1, 2):  # the curve starts where a x + b reaches 0; below it is constant
        e, f, c, d = (c, c, 0.0, -b / a) if kind == 2 else (0.0, 0.0, 0.0, -b / a)
    with np.errstate(all="ignore"):
        upper = np.maximum(a * LEVELS + b, 0) ** gamma + e
    return np.clip(np.where(d <= LEVELS, upper, c * LEVELS + f), 0, 1)
