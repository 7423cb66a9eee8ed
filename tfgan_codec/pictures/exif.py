"""Applies what EXIF says of a picture's orientation, and keeps what people would miss of it."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

from PIL import Image, ImageOps

EXIF_PREFIX = b"Exif\0\0"
_ORIENTATION = 0x0112
_CAMERA_BLOCK, _GPS_BLOCK = 0x8769, 0x8825  # tags that point to further tags
# What `basic` keeps: when, with what and how a picture was taken, and whose it is.
_BASIC = (
    0x010F,  # Make
    0x0110,  # Model
    0x0132,  # DateTime
    0x013B,  # Artist
    0x8298,  # Copyright
)
_BASIC_OF_CAMERA = (
    0x829A,  # ExposureTime
    0x829D,  # FNumber
    0x8827,  # PhotographicSensitivity (ISO)
    0x9003,  # DateTimeOriginal
    0x9010,  # OffsetTime
    0x9011,  # OffsetTimeOriginal
    0x9204,  # ExposureBiasValue
    0x920A,  # FocalLength
    0xA405,  # FocalLengthIn35mmFilm
    0xA433,  # LensMake
    0xA434,  # LensModel
)


class Basics(NamedTuple):
    """Holds what `basic` keeps of an EXIF block, and what it leaves out."""

    block: bytes | None  # None if nothing is left
    dropped: int  # how many tags are left out
    gps: bool  # whether a place is among them


def upright(image: Image.Image) -> tuple[Image.Image, bytes | None]:
    """Applies the EXIF orientation; returns the upright image and an EXIF block that fits it.

    The block is written anew with orientation 1 and without thumbnail, which Pillow leaves out; it
    is None for formats that describe their own pixels in such tags (TIFF).
    """
    turned, block = image, None
    with contextlib.suppress(Exception):  # damaged EXIF should not keep anyone from the picture
        turned = ImageOps.exif_transpose(image)
        exif = Image.Exif()  # a copy, as the caller's image is not to be changed
        exif.load(image.info.get("exif", b""))
        if exif.keys() - {_ORIENTATION}:
            if _ORIENTATION in exif:
                exif[_ORIENTATION] = 1
            block = exif.tobytes().removeprefix(EXIF_PREFIX)
    return turned, block


def basic(block: bytes) -> Basics:
    """Keeps of an EXIF block what people miss: date, camera, exposure, copyright, artist."""
    old, new = Image.Exif(), Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's, of damaged tags
            old.load(block)
            camera, place = old.get_ifd(_CAMERA_BLOCK), old.get_ifd(_GPS_BLOCK)
            everything = dict(old)
        kept = _only(everything, _BASIC)
        kept_of_camera = _only(camera, _BASIC_OF_CAMERA)
        new.update(kept)
        if kept_of_camera:
            new.get_ifd(_CAMERA_BLOCK).update(kept_of_camera)
        every = len(everything.keys() - {_ORIENTATION, _CAMERA_BLOCK, _GPS_BLOCK}) + len(camera)
        dropped = every + len(place) - len(kept) - len(kept_of_camera)
        data = new.tobytes().removeprefix(EXIF_PREFIX) if kept or kept_of_camera else None
        return Basics(data, dropped, bool(place))
    except Exception:  # Pillow's parsers raise many kinds for damaged blocks
        return Basics(None, 1, False)


def _only(tags: Mapping[int, Any], names: tuple[int, ...]) -> dict[int, Any]:
    return {name: tags[name] for name in names if name in tags}
