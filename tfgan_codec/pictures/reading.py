"""Reads pictures from files, their contents, Pillow images and arrays."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple, Union

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tfgan_codec import arguments, limits
from tfgan_codec.errors import ImageError, UsageError, shown
from tfgan_codec.format import header
from tfgan_codec.pictures.exif import upright
from tfgan_codec.pictures.modes import converted
from tfgan_codec.pictures.opening import image_errors, opened
from tfgan_codec.pictures.picture import Picture
from tfgan_codec.pictures.strips import Strips, open_strips, picture_of
from tfgan_codec.pictures.writing import PathLike

Contents = Union[bytes, bytearray, memoryview]
Source = Union[PathLike, Contents, BinaryIO, Image.Image, NDArray[Any]]

_MOST_PAGES = 1 << 31
_log = logging.getLogger(__name__)


def read(source: Source, page: int | None = None) -> Picture:
    """Reads a picture: the path, contents (bytes) or open file of one in any common format, a
    Pillow image, or an array uint8 [height, width(, 3 or 4)].

    EXIF orientation is applied. Sixteen bits become eight, palettes become colours, CMYK becomes
    sRGB (through its ICC profile where it has one).

    Args:
      source: the picture.
      page: of an animation or a file of several pages, which one to read, from 1. By default the
        first, with a warning that there are others. A Pillow image is taken as it stands.

    Raises:
      ImageError: there is no picture, or one that cannot be converted.
      UsageError: the source is none of these.
    """
    with opening(source, page) as found:
        return found.picture()


class Opened(NamedTuple):
    """Is a picture whose size is known, and whose pixels are not read yet."""

    image: Image.Image
    stream: BinaryIO | None  # the file that it is in

    @property
    def pixels(self) -> int:
        """The number of its pixels."""
        return self.image.width * self.image.height

    def picture(self) -> Picture:
        """Reads all of it."""
        return _to_picture(self.image)

    def strips(self) -> Strips:
        """Reads it from top to bottom."""
        _check_size(*self.image.size)
        return open_strips(self.image, self.stream)


@contextlib.contextmanager
def opening(source: Source, page: int | None = None) -> Iterator[Opened]:
    """Opens what `read` takes; errors are those of `read`, also while the picture is used."""
    if page is not None:
        arguments.within("page", page, 1, _MOST_PAGES)
    if isinstance(source, (Image.Image, np.ndarray)):
        if page not in (None, 1):
            raise UsageError("page is for files; seek in a Pillow image before you pass it")
        what = "the image" if isinstance(source, Image.Image) else "the array"
        image = source if isinstance(source, Image.Image) else _image_of(source)
        with image_errors(what):
            yield Opened(image, None)
        return
    contents, what = _contents(source)
    with opened(contents, what) as image:
        _turn_to(image, page, what)
        yield Opened(image, getattr(image, "fp", None) if page is None else None)


def _contents(source: PathLike | Contents | BinaryIO) -> tuple[str | bytes, str]:
    """Returns the path or the contents of a file, and what errors call it."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), "the picture"
    if isinstance(source, (str, os.PathLike)):
        path = arguments.path("picture", source)
        return path, shown(path, most=200)
    if hasattr(source, "read"):
        with image_errors("the open file"):
            contents = source.read()
        if isinstance(contents, bytes):
            return contents, "the open file"
        raise UsageError('picture is a file open for text; open it with open(path, "rb")')
    raise UsageError(
        "picture must be a path, the contents of a file (bytes), an open file, a Pillow image or "
        f"an array, not {type(source).__name__}"
    )


def _image_of(array: NDArray[Any]) -> Image.Image:
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or 0 in array.shape:
        raise ImageError(
            f"an array {array.dtype} {array.shape} is not a picture; pass uint8 [height, width, 3]"
        )
    _check_size(array.shape[1], array.shape[0])
    with image_errors("the array"):
        return Image.fromarray(array)


def _turn_to(image: Image.Image, page: int | None, what: str) -> None:
    """Goes to a page of a file; without a number says that there are others than the first."""
    # Of photographs in the MPO format all but the first are previews, for the camera's use.
    if page is None and image.format == "MPO":
        return
    pages = _pages(image)
    if page is None:
        if pages > 1:
            text = "%s holds %d pictures; only the first is kept (choose with page)"
            _log.warning(text, what, pages)
        return
    if page > pages:
        raise UsageError(f"{what} has no page {page}; it has {pages}")
    image.seek(page - 1)


def _pages(image: Image.Image) -> int:
    """Counts the pictures of a file; 1 if only the first can be reached."""
    try:
        return int(getattr(image, "n_frames", 1)) if getattr(image, "is_animated", False) else 1
    except Exception:  # Pillow's parsers raise many kinds for damaged files
        image.seek(0)
        return 1


def _check_size(width: int, height: int) -> None:
    if not 1 <= header.area(width, height) <= header.MAX_PIXELS:
        raise ImageError(
            f"a picture of {width}x{height} pixels is not supported; {header.BOUNDS} are"
        )
    limits.require(width, height)


def _to_picture(image: Image.Image) -> Picture:
    _check_size(*image.size)
    image.load()
    icc = image.info.get("icc_profile") or None
    image, exif = upright(image)
    return picture_of(*converted(image, icc), exif)
