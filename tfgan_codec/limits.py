"""Says how large a picture may be, so that a few bytes cannot ask for gigabytes."""

from __future__ import annotations

import os

from PIL import Image

from tfgan_codec import arguments
from tfgan_codec.errors import ImageError, UsageError, shown
from tfgan_codec.format import header

VARIABLE = "TGC_MAX_PIXELS"
_ANY = 1 << 62  # more than any picture has


def require(width: int, height: int, asked: int | None = None) -> None:
    """Raises `ImageError` if a picture is larger than `max_pixels` of `asked` and one cell."""
    most = max_pixels(asked)
    if header.area(width, height) > max(most, header.NARROWEST**2):
        raise ImageError(
            f"a picture of {width}x{height} pixels is above the limit of {most}; "
            f"if you trust the file, raise max_pixels or {VARIABLE}"
        )


def max_pixels(asked: int | None = None) -> int:
    """Returns the most pixels that a picture may have, as `header.area` counts them.

    That is `asked`; without it the environment variable TGC_MAX_PIXELS; without both twice Pillow's
    `Image.MAX_IMAGE_PIXELS`, above which Pillow opens no picture (179 megapixels as long as nobody
    changes that), or what the format holds, 2^28, where it is None.

    Raises:
      UsageError: what was asked for is not a positive whole number.
    """
    if asked is None:
        text = os.environ.get(VARIABLE, "")
        if not text:
            known = Image.MAX_IMAGE_PIXELS
            return header.MAX_PIXELS if known is None else 2 * known
        if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text)):
            raise UsageError(f"{VARIABLE} must be a positive whole number, not {shown(text)!r}")
        return int(text)
    return arguments.within("max_pixels", asked, 1, _ANY)
