"""Decides what of a picture's colour profile and EXIF goes into a file, and says what does not."""

from __future__ import annotations

import logging
from typing import Union

import numpy as np
from PIL import Image, features

from tfgan_codec import arguments
from tfgan_codec.errors import UsageError
from tfgan_codec.format import profiles
from tfgan_codec.pictures import colour, exif
from tfgan_codec.pictures.picture import Picture

Wanted = Union[bool, str]  # what users give: a policy, or True for basic and False for none

NONE, BASIC, KEEP = "none", "basic", "keep"
_MOST_OF_A_FILE = 0.02  # that a profile may take with `basic`
_log = logging.getLogger(__name__)


def chosen(wanted: Wanted) -> str:
    """Returns the policy that users ask for by its name, or by True or False."""
    if isinstance(wanted, bool):
        return BASIC if wanted else NONE
    if isinstance(wanted, str) and wanted in (NONE, BASIC, KEEP):
        return wanted
    raise UsageError(f"metadata must be none, basic or keep, not {arguments.given(wanted)}")


def reduced(picture: Picture, wanted: str) -> Picture:
    """Returns a picture with what a policy keeps.

    - none: neither profile nor EXIF; the pixels become sRGB, which is what no profile means.
    - basic: sRGB profiles are left out and known ones take their small form, both without a change
      of pixels; of EXIF, what people miss (`exif.basic`). `affordable` looks at other profiles.
    - keep: all of both.
    """
    if wanted == KEEP:
        return picture
    if picture.exif is not None:
        block = _basics(picture.exif) if wanted == BASIC else None
        picture = picture._replace(exif=block)
    if picture.icc is None:
        return picture
    known = colour.recognised(picture.icc)
    if known in (profiles.SRGB, profiles.SRGB_GREY):
        _log.info("the sRGB profile is left out: no profile means sRGB")
        return picture._replace(icc=None)
    if wanted == NONE:
        return _as_srgb(picture, "the file is to have none")
    if known is not None:
        _log.info("the profile is %s, which takes one byte", known.name)
        return picture._replace(icc=known.icc())
    return picture


def affordable(picture: Picture, nbytes: int, wanted: str) -> Picture:
    """Returns a picture of which a file is to have so many bytes: with its profile, or with `basic`
    in sRGB without it, if the profile would take more than 2 % of them."""
    if picture.icc is None or wanted == KEEP:
        return picture
    cost = len(profiles.chunk_of(picture.icc))
    if cost == 1 or cost <= _MOST_OF_A_FILE * nbytes:
        return picture
    if not features.check("littlecms2"):
        _log.info("the profile takes %d bytes: this Pillow lacks littleCMS to convert it", cost)
        return picture
    return _as_srgb(picture, f"it would take {cost} of {nbytes} bytes")


def _as_srgb(picture: Picture, why: str) -> Picture:
    """Converts the pixels to sRGB; where the profile cannot be used, they stay as they are."""
    if picture.icc is None:
        return picture
    name = colour.description(picture.icc)
    converted = as_srgb(picture)
    if converted.rgb is picture.rgb:
        _log.info("the profile %s cannot be used, and is left out", name)
    else:
        _log.info("converted from the profile %s to sRGB: %s", name, why)
    return converted


def as_srgb(picture: Picture) -> Picture:
    """Converts the pixels of a picture from its profile to sRGB; where the profile cannot be used,
    they stay what they are."""
    if picture.icc is None:
        return picture
    image = Image.fromarray(picture.rgb[..., 0] if picture.grey else picture.rgb)
    converted = colour.to_srgb(image, picture.icc)
    rgb = picture.rgb if converted is None else np.asarray(converted.convert("RGB"))
    return picture._replace(rgb=rgb, icc=None)


def _basics(block: bytes) -> bytes | None:
    basics = exif.basic(block)
    if basics.dropped:
        tags = "1 tag" if basics.dropped == 1 else f"{basics.dropped} tags"
        place = ", the place among them" if basics.gps else ""
        _log.info("left out: %s of EXIF%s; metadata=keep keeps all", tags, place)
    return basics.block
