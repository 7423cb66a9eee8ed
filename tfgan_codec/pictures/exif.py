"""Applies what EXIF says of a picture's orientation, and keeps what else it says."""

from __future__ import annotations

import contextlib

from PIL import Image, ImageOps

EXIF_PREFIX = b"Exif\0\0"
_ORIENTATION = 0x0112


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
