"""Turns a ``.tgc`` file into a picture's file, strip by strip where both allow it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from PIL import Image

from tfgan_codec import codec, outputs, regions
from tfgan_codec.errors import UsageError
from tfgan_codec.format import header
from tfgan_codec.pictures import strip_writing, writing
from tfgan_codec.progress import Bar


def read_region(text: str) -> tuple[int, int, int, int]:
    """Reads a region from a text such as `100,50,640,480`; raises `UsageError` for others."""
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 4:
        raise UsageError(f"a region is X,Y,WIDTH,HEIGHT in pixels, not {text!r}")
    return regions.checked(numbers)


def to_file(
    source: str | BinaryIO, target: str, region: Sequence[int] | None, options: dict[str, Any]
) -> tuple[int, int]:
    """Writes the picture in a file, or a region of it, and returns its width and height.

    Args:
      source: the ``.tgc`` file, a path or open.
      target: the picture to write, in the format of its extension.
      region: x, y, width, height; None for the whole picture.
      options: further arguments of `codec.decompress`.
    """
    with contextlib.ExitStack() as stack:
        stream = regions.open_blob(source, stack)
        first = stream.read(4)
        stream.seek(0)
        if region is None and first[:3] == header.MAGIC and first[3:] >= bytes([header.TILED << 4]):
            head = header.read(stream)
            stream.seek(0)
            file_format, exif = writing.picture_format(target), head.packed_exif is not None
            if strip_writing.can_write(file_format, head.mode, exif):
                codec.require_whole(options.pop("scale", 1))
                with codec.open_region(stream, **options) as reader:
                    return _in_strips(reader, target, file_format)
        image = codec.decompress(stream, region=region, **options)
        writing.save(image, target)
        return image.size


def _in_strips(reader: regions.RegionReader, target: str, file_format: str) -> tuple[int, int]:
    size = reader.width, reader.height
    with Bar(os.path.basename(target)) as bar, outputs.written(target) as stream:

        def strips() -> Iterator[Image.Image]:
            done = 0
            for strip in reader.strips():
                yield strip
                done += strip.height
                bar(done / reader.height)

        strip_writing.write(stream, file_format, size, reader.mode, strips())
    return size
