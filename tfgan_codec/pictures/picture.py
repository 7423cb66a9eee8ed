"""Says what a picture is to the codec: RGB pixels, alpha, ICC profile and EXIF."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tfgan_codec.pictures.exif import EXIF_PREFIX

Pixels = NDArray[np.uint8]


class Picture(NamedTuple):
    """Holds a picture as the codec sees it."""

    rgb: Pixels  # [height, width, 3]; equal channels when grey
    grey: bool = False
    alpha: Pixels | None = None  # [height, width]
    icc: bytes | None = None  # an ICC profile that fits the pixels (RGB or grey)
    exif: bytes | None = None  # a TIFF structure, orientation already applied


def to_image(picture: Picture) -> Image.Image:
    """Returns a Pillow image with the right mode, ICC profile and EXIF; the inverse of
    `reading.read`."""
    image = Image.fromarray(picture.rgb)
    if picture.grey:
        image = image.convert("L")
    if picture.alpha is not None:
        image.putalpha(Image.fromarray(picture.alpha))
    if picture.icc is not None:
        image.info["icc_profile"] = picture.icc
    if picture.exif is not None:
        image.info["exif"] = EXIF_PREFIX + picture.exif
    return image
