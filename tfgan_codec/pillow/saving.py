"""Saves pictures as ``.tgc`` files for Pillow."""

from __future__ import annotations

from typing import IO, Any

from PIL import Image

from tfgan_codec.errors import UsageError
from tfgan_codec.pillow.errors import OptionValueError, for_pillow

# What `save` takes beside exif and icc_profile, and what `tfgan_codec.compress` calls it.
_OPTIONS = {
    "bpp": "bpp",
    "bytes": "nbytes",
    "quality": "quality",
    "metadata": "metadata",
    "model": "model",
    "search": "refiner",
}


_ICC_HEADER = 128  # bytes, with "acsp" at 36


def save(im: Image.Image, fp: IO[bytes], filename: str | bytes) -> None:
    """Writes a picture, with its ICC profile and EXIF, for ``Image.save``.

    Options are `bpp`, `bytes` or `quality`, `metadata` and `model` as of `tfgan_codec.compress`;
    `search`, its `refiner`; `exif` (bytes or `Image.Exif`) and `icc_profile` (bytes), which take
    the place of those in ``im.info``, or of none if they are None or empty.
    """
    from tfgan_codec import codec  # brings NumPy, which who opens a file need not wait for

    del filename
    given = dict(im.encoderinfo)
    with for_pillow():
        for name in ("exif", "icc_profile"):
            if name in given:
                im = _with_info(im, name, given.pop(name), given.get("metadata"))
        unknown = sorted(given.keys() - _OPTIONS)
        if unknown:
            known = ", ".join([*_OPTIONS, "exif", "icc_profile"])
            raise UsageError(f".tgc files have no option {unknown[0]}; save() takes {known}")
        if given.get("search") is not None and not callable(given["search"]):
            raise UsageError("search must be a Refiner of the training library")
        options = {_OPTIONS[name]: value for name, value in given.items() if value is not None}
        blob = codec.compress(im, **options)
    fp.write(blob)


def refuse_several(im: Image.Image, fp: IO[bytes], filename: str | bytes) -> None:
    """Tells who saves several pictures, ``save_all=True``, that a file holds one."""
    raise OptionValueError(
        "a .tgc file holds one picture: leave out save_all and append_images, save each to a file"
    )


def _with_info(im: Image.Image, name: str, value: Any, metadata: Any) -> Image.Image:
    """Returns a copy of a picture with another EXIF block or ICC profile, or without one."""
    data = value.tobytes() if isinstance(value, Image.Exif) else value
    if not (data is None or isinstance(data, bytes)):
        raise UsageError(f"{name} must be bytes, not {type(value).__name__}")
    if data and not _READABLE[name](data):
        raise UsageError(f"{name} is none that can be read; leave it out or give a whole one")
    if data and metadata in (False, "none"):
        raise UsageError(f"metadata={metadata} stores none: leave out {name}, or metadata")
    im = im.copy()
    im.info.pop(name, None)
    if data:
        im.info[name] = data
    return im


def _readable_exif(data: bytes) -> bool:
    try:
        Image.Exif().load(data)
    except Exception:  # Pillow's parsers raise many kinds
        return False
    return True


def _readable_profile(data: bytes) -> bool:
    return len(data) >= _ICC_HEADER and data[36:40] == b"acsp"


_READABLE = {"exif": _readable_exif, "icc_profile": _readable_profile}
