"""tfgan_codec: an image codec with a GAN-trained decoder.

    import tfgan_codec as tgc

    blob = tgc.compress("photo.jpg", bpp=0.1)
    image = tgc.decompress(blob)

This needs NumPy, Pillow and LiteRT, no TensorFlow; they are imported on first use. The training
library (`tfgan_codec.models`, `.training` and more) needs ``pip install ".[train]"`` in a checkout.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tfgan_codec.errors import BitstreamError, BundleError, ImageError, TgcError, UsageError

if TYPE_CHECKING:
    from tfgan_codec.codec import Codec, compress, decompress, load, open_region

__version__ = "0.1.0"  # setup.cfg reads it here
__all__ = [
    "BitstreamError",
    "BundleError",
    "Codec",
    "ImageError",
    "TgcError",
    "UsageError",
    "compress",
    "decompress",
    "load",
    "open_region",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(importlib.import_module("tfgan_codec.codec"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
