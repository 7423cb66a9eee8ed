"""Converts pictures of any Pillow mode to 8-bit grey or RGB, with or without alpha."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from tfgan_codec.errors import ImageError


def converted(image: Image.Image, icc: bytes | None) -> tuple[Image.Image, bytes | None]:
    """Converts to L, LA, RGB or RGBA, and returns the profile that then applies."""
    transparent = "transparency" in image.info
    if image.mode in ("1", "L", "LA", "La"):
        return image.convert("LA" if transparent or "a" in image.mode.lower() else "L"), icc
    if image.mode in ("P", "PA", "RGB", "RGBA", "RGBa"):
        return image.convert("RGBA" if transparent or "a" in image.mode.lower() else "RGB"), icc
    if image.mode.startswith("I"):
        wide = np.clip(np.asarray(image), 0, 65535).astype(np.uint32)
        return Image.fromarray(((wide * 255 + 32767) // 65535).astype(np.uint8)), icc
    if image.mode == "CMYK" and icc is not None:
        return _cmyk_to_srgb(image, icc), None
    if image.mode in ("CMYK", "YCbCr", "HSV", "RGBX"):
        return image.convert("RGB"), None if image.mode == "CMYK" else icc
    raise ImageError(f"pictures of mode {image.mode} are not supported; convert it to 8-bit RGB")


def _cmyk_to_srgb(image: Image.Image, icc: bytes) -> Image.Image:
    from PIL import ImageCms

    try:
        as_rgb = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(icc)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError):
        as_rgb = None  # a broken profile, or one of another colour space
    return as_rgb or image.convert("RGB")
