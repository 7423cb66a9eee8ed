"""Reads any picture that Pillow opens as RGB pixels, alpha, ICC profile and EXIF."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from tfgan_codec.errors import ImageError
from tfgan_codec.format.header import MAX_PIXELS
from tfgan_codec.pictures.exif import upright
from tfgan_codec.pictures.modes import converted
from tfgan_codec.pictures.picture import Picture
from tfgan_codec.pictures.writing import PathLike

Source = Union[PathLike, Image.Image, NDArray[Any]]


def read(source: Source) -> Picture:
    """Reads a file, a Pillow image or an array uint8 [height, width(, 3 or 4)].

    EXIF orientation is applied. Sixteen bits become eight, palettes become colours, CMYK becomes
    sRGB (through its ICC profile where it has one); of animations the first frame is taken.

    Raises:
      ImageError: there is no picture, or one that cannot be converted.
    """
    if isinstance(source, Image.Image):
        with _image_errors("the image"):
            return _to_picture(source)
    if isinstance(source, np.ndarray):
        if source.dtype != np.uint8 or source.ndim not in (2, 3) or 0 in source.shape:
            raise ImageError(
                f"an array {source.dtype} {source.shape} is not a picture; "
                "pass uint8 [height, width, 3]"
            )
        _check_size(source.shape[1], source.shape[0])
        with _image_errors("the array"):
            return _to_picture(Image.fromarray(source))
    path = os.fspath(source)
    with _image_errors(path), warnings.catch_warnings():
        # Pillow warns of odd EXIF and from 89 megapixels on; it refuses 179, which is enough.
        warnings.simplefilter("ignore")
        if os.path.isfile(path) and os.path.getsize(path) == 0:
            raise ImageError(f"{path} is empty; give a picture such as a PNG or JPEG file")
        with Image.open(path) as image:
            return _to_picture(image)


@contextlib.contextmanager
def _image_errors(what: str) -> Iterator[None]:
    """Turns what Pillow and the file system raise for a picture into `ImageError`."""
    try:
        yield
    except (ImageError, MemoryError):
        raise
    except UnidentifiedImageError as error:
        raise ImageError(
            f"{what} is not a picture that Pillow can read; give a PNG or JPEG, for example"
        ) from error
    except Image.DecompressionBombError as error:
        raise ImageError(f"{what} is too large; split it into smaller pictures") from error
    except OSError as error:
        raise ImageError(f"cannot read {what}: {error.strerror or error}") from error
    except Exception as error:  # Pillow's parsers raise many kinds for damaged files
        raise ImageError(f"{what} is damaged ({type(error).__name__}: {error})") from error


def _check_size(width: int, height: int) -> None:
    if not 1 <= width * height <= MAX_PIXELS:
        raise ImageError(
            f"a picture of {width}x{height} pixels is not supported; 1 to {MAX_PIXELS} pixels are"
        )


def _to_picture(image: Image.Image) -> Picture:
    _check_size(*image.size)
    image.load()
    icc = image.info.get("icc_profile") or None
    image, exif = upright(image)
    image, icc = converted(image, icc)
    alpha = np.asarray(image.getchannel("A")) if "A" in image.mode else None
    grey = image.mode in ("L", "LA")
    if icc is not None and icc[16:20] != (b"GRAY" if grey else b"RGB "):
        icc = None  # readers reject or misuse a profile for other channels than the picture has
    return Picture(np.asarray(image.convert("RGB")), grey, alpha, icc, exif)
