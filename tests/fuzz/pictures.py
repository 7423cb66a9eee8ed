"""Pictures that a stranger changed, in the formats that Pillow writes.

The limit is a service's, 2^26 pixels: Pillow makes pictures as large as they claim before it reads
them, with some 6 bytes for each pixel.
"""

from __future__ import annotations

import io
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

import tfgan_codec as tgc
from tests.fuzz.mutation import mutated
from tests.fuzz.runner import Case, Use
from tfgan_codec import limits

_FORMATS = {
    "BMP": ("RGB", "L", "P"),
    "GIF": ("P", "L"),
    "JPEG": ("RGB", "L", "CMYK"),
    "JPEG2000": ("RGB", "RGBA"),
    "PCX": ("RGB", "L"),
    "PNG": ("RGB", "RGBA", "L", "LA", "P", "I;16", "1"),
    "PPM": ("RGB", "L"),
    "SGI": ("RGB", "L"),
    "TGA": ("RGB", "RGBA", "L"),
    "TIFF": ("RGB", "RGBA", "L", "CMYK", "I;16", "F", "1"),
    "WEBP": ("RGB", "RGBA"),
    "AVIF": ("RGB", "RGBA"),
}


def cases(bundle: str) -> Case:
    """Returns the cases, compressed with the bundle at a path."""
    os.environ.setdefault(limits.VARIABLE, str(1 << 26))
    codec = tgc.load(bundle)
    path = Path(tempfile.mkdtemp()) / "picture"
    files = seeds()

    def case(number: int) -> Use:
        rng = np.random.default_rng([4, number])
        path.write_bytes(mutated(files[rng.integers(len(files))], rng))
        quality = int(rng.integers(256))

        def use() -> str:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                codec.compress(path, quality=quality)
            return "file"

        return use

    return case


def seeds() -> list[bytes]:
    """Returns small pictures in every format, mode by mode."""
    return [data for name, modes in _FORMATS.items() for data in _written(name, modes)]


def _written(name: str, modes: tuple[str, ...]) -> list[bytes]:
    """Returns a picture in a format, in each mode with and without EXIF and profile."""
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    image = Image.fromarray(pixels).resize((60, 44), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "camera"
    found = []
    for mode in modes:
        wanted = image.convert("I").convert(mode) if mode == "I;16" else image.convert(mode)
        for options in ({}, {"exif": exif.tobytes()}):
            buffer = io.BytesIO()
            try:
                wanted.save(buffer, name, **options)
            except (OSError, KeyError, ValueError):  # this build of Pillow writes no such file
                continue
            found.append(buffer.getvalue())
    return found
