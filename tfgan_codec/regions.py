"""Reads parts of the picture in a ``.tgc`` file: any region, or all of it in strips."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from tfgan_codec import arguments, limits
from tfgan_codec.coding.mosaic import Mosaic
from tfgan_codec.errors import BitstreamError, UsageError, shown
from tfgan_codec.format import container, header
from tfgan_codec.format.container import Blob
from tfgan_codec.format.tiles import Box
from tfgan_codec.pictures.picture import Picture, to_image

if TYPE_CHECKING:
    from PIL import Image

_FARTHEST = 1 << 40  # pixels


class RegionReader:
    """Reads parts of a picture; `codec.open_region` makes it. To be closed, or used by ``with``; by
    one thread at a time.

    Of a file in tiles only those around a part are read and decoded, in memory for these alone. Of
    other files the coded data are read whole, and only the pixels asked for are made.

    Attributes:
      width, height: of the whole picture, in pixels.
      mode: its mode, such as RGB.
    """

    def __init__(self, mosaic: Mosaic, stack: contextlib.ExitStack) -> None:
        """Takes what decodes the file, and what is to be closed in the end."""
        head = mosaic.source.head
        self.width, self.height, self.mode = head.width, head.height, head.mode
        self._mosaic, self._stack, self._head = mosaic, stack, head
        self._metadata = head.metadata()

    def read(self, x: int, y: int, width: int, height: int) -> Image.Image:
        """Returns the region of `width` x `height` pixels whose upper left one is (x, y); with the
        picture's mode, ICC profile and EXIF.

        Raises:
          BitstreamError: a tile that this takes is damaged.
          ImageError: the region is larger than `limits.max_pixels` allows.
          UsageError: it does not lie in the picture.
        """
        return self._image(_box(self._mosaic.box, (x, y, width, height)))

    def strips(self) -> Iterator[Image.Image]:
        """Yields the picture from top to bottom, as images of its width and up to 1024 rows."""
        for box in self._mosaic.strips(self._mosaic.box):
            yield self._image(box)

    def _image(self, box: Box) -> Image.Image:
        plane = self._mosaic.alpha(box) if self._head.transparent else None
        pixels = self._mosaic.pixels(box)
        return to_image(Picture(pixels, self._head.grey, plane, *self._metadata))

    def closes(self, stack: contextlib.ExitStack) -> None:
        """Takes what more is to be closed in the end."""
        self._stack.push(stack)

    def close(self) -> None:
        """Closes the file, unless it was open before."""
        self._stack.close()

    def __enter__(self) -> RegionReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def checked(region: Any) -> tuple[int, int, int, int]:
    """Returns a region x, y, width, height if it is four whole numbers; `UsageError` otherwise."""
    if not isinstance(region, Sequence) or isinstance(region, (str, bytes)) or len(region) != 4:
        raise UsageError(f"a region is x, y, width, height, not {arguments.given(region)}")
    x, y = (arguments.within(n, v, 0, _FARTHEST) for n, v in zip(("x", "y"), region))
    sides = zip(("width", "height"), region[2:])
    width, height = (arguments.within(n, v, 1, _FARTHEST) for n, v in sides)
    return x, y, width, height


def require_size(head: header.Header, region: Any, max_pixels: int | None) -> None:
    """Raises `ImageError` if the region, or the whole picture without one, is too large."""
    if region is None:
        limits.require(head.width, head.height, max_pixels)
    else:
        limits.require(*checked(region)[2:], max_pixels)


def open_blob(blob: Blob, stack: contextlib.ExitStack) -> BinaryIO:
    """Returns the bytes of a file, given as `container.read_blob` takes it, as an open file to move
    in; the stack closes it if it was opened here."""
    if isinstance(blob, (str, os.PathLike)):
        try:
            stream = stack.enter_context(_opened(blob))
            return stream if stream.seekable() else io.BytesIO(container.read_blob(stream))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise BitstreamError(f"cannot read {shown(os.fspath(blob))}: {reason}") from error
    # Of a file that somebody has begun to read, what is left is meant.
    seekable = getattr(blob, "seekable", None)
    if seekable is not None and seekable() and not blob.tell() and blob.read(0) == b"":  # type: ignore[union-attr]
        return cast(BinaryIO, blob)
    return io.BytesIO(container.read_blob(blob))


def _opened(path: str | os.PathLike[str]) -> BinaryIO:
    return Path(path).open("rb")


def _box(whole: Box, region: Any) -> Box:
    x, y, width, height = checked(region)
    box = Box(y, x, y + height, x + width)
    if box != box.within(*whole[2:]):
        raise UsageError(
            f"the region {x},{y},{width},{height} is not inside the picture, which has "
            f"{whole.width}x{whole.height} pixels"
        )
    return box
