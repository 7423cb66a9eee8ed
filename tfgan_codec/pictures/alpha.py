"""Stores the alpha plane of a picture in a ``.tgc`` file, without loss."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, PngImagePlugin

from tfgan_codec.errors import BitstreamError
from tfgan_codec.pictures.picture import Pixels
from tfgan_codec.pictures.writing import encoded


def pack(alpha: Pixels) -> bytes:
    """Returns an alpha plane, uint8 [height, width], as the bytes of a greyscale PNG file."""
    return encoded(Image.fromarray(alpha), "PNG", optimize=True)


def unpack(data: bytes, width: int, height: int) -> Pixels:
    """Returns the alpha plane in `pack`'s PNG, which must have the picture's size.

    That size has been judged already: Pillow's own limit for files of strangers, which is lower
    than the format's, does not count here.
    """
    try:
        with PngImagePlugin.PngImageFile(io.BytesIO(data)) as image:
            if (image.mode, image.size) != ("L", (width, height)):
                raise BitstreamError(
                    f"the alpha plane is {image.mode} {image.width}x{image.height} "
                    f"instead of L {width}x{height}"
                )
            return np.asarray(image)
    except (BitstreamError, MemoryError):
        raise
    except Exception as error:  # Pillow's parsers raise many kinds
        raise BitstreamError(f"the alpha plane is not a valid PNG ({error})") from error
