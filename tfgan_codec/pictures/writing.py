"""Writes pictures in the format of the extension."""

from __future__ import annotations

import functools
import io
import logging
import os
import warnings
from typing import Any

from PIL import Image

from tfgan_codec import outputs, streams
from tfgan_codec.errors import ImageError
from tfgan_codec.outputs import PathLike as PathLike
from tfgan_codec.pictures.opening import register

# What Pillow refuses to write with an alpha plane, or writes without it and says nothing.
_WITHOUT_ALPHA = ("JPEG", "MPO", "BMP", "DIB", "PPM", "PCX", "EPS")
_SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    "PNG": {"compress_level": 1},  # two thirds of the time of 3, and 2 % larger on photographs
    "JPEG": {"quality": 95},
    "WEBP": {"lossless": True},
}
_log = logging.getLogger(__name__)


def save(image: Image.Image, path: PathLike) -> None:
    """Writes a picture with its ICC profile and EXIF, in the format of the path's extension."""
    outputs.write(path, contents(image, path))


def contents(image: Image.Image, path: PathLike) -> bytes:
    """Returns the file that `save` writes to a path."""
    file_format = picture_format(path)
    if file_format in _WITHOUT_ALPHA and image.mode in ("LA", "RGBA"):
        _log.warning("%s holds no transparency: the picture stands on white", file_format)
        image = _on_white(image)
    options = dict(_SAVE_OPTIONS.get(file_format, {}))
    options.update({key: image.info[key] for key in ("icc_profile", "exif") if key in image.info})
    try:
        return encoded(image, file_format, **options)
    except (OSError, ValueError) as error:
        raise ImageError(
            f"a picture of mode {image.mode} and size {image.width}x{image.height} cannot be "
            f"stored as {file_format} ({error}); use .png"
        ) from error


def _on_white(image: Image.Image) -> Image.Image:
    """Returns a picture of mode LA or RGBA without its transparency, as white paper shows it."""
    paper = Image.new(image.mode[:-1], image.size, "white")
    paper.paste(image.convert(paper.mode), mask=image.getchannel("A"))
    paper.info = image.info
    return paper


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    """Returns the file of an image in a format, and with options, of Pillow's."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def picture_format(path: PathLike) -> str:
    """Returns Pillow's name of the format of a path's extension, `ImageError` if it has none. To
    streams without extension, such as standard output, goes PNG."""
    extension = os.path.splitext(os.fspath(path))[1].lower()
    if not extension and streams.is_stream(os.fspath(path)):
        return "PNG"
    Image.preinit()  # the common formats; init() imports every plugin and takes longer
    if extension not in Image.EXTENSION:
        register()
    name = Image.EXTENSION.get(extension, "")
    if name not in Image.SAVE:
        raise ImageError(f"{os.fspath(path)}: no picture format is called {extension!r}; use .png")
    return name


def kind_of(path: PathLike) -> outputs.Kind:
    """Returns the kind of file that `save` writes to a path."""
    file_format = picture_format(path)
    holds = functools.partial(_opens_as, file_format=file_format)
    return outputs.Kind(f"a {file_format} picture", "", holds)


def _opens_as(path: str, file_format: str) -> bool:
    """Whether a file is a picture of a format of Pillow's."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.open(path, formats=[file_format]).close()
    except Image.DecompressionBombError:
        return True
    except Exception:  # Pillow's parsers raise many kinds
        return False
    return True
