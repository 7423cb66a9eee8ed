"""Converts pictures of any Pillow mode to 8-bit grey or RGB, with or without alpha."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tfgan_codec.errors import ImageError
from tfgan_codec.pictures import colour


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
    if image.mode == "CMYK":
        as_rgb = None if icc is None else colour.to_srgb(image, icc)
        return as_rgb or image.convert("RGB"), None
    if image.mode in ("YCbCr", "HSV", "RGBX"):
        return image.convert("RGB"), icc
    raise ImageError(f"pictures of mode {image.mode} are not supported; convert it to 8-bit RGB")
