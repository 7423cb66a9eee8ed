"""Reads any picture that Pillow opens as RGB pixels, alpha, ICC profile and EXIF, and writes it."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple, Union

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from tfgan_codec.errors import BitstreamError, ImageError
from tfgan_codec.format.container import MAX_PIXELS

PathLike = Union[str, "os.PathLike[str]"]
Pixels = NDArray[np.uint8]
Source = Union[PathLike, Image.Image, NDArray[Any]]

_ORIENTATION = 0x0112
_EXIF_PREFIX = b"Exif\0\0"
_SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    "PNG": {"compress_level": 3},  # half the time of the default, and no larger on photographs
    "JPEG": {"quality": 95},
    "WEBP": {"lossless": True},
}


class Picture(NamedTuple):
    """Holds a picture as the codec sees it."""

    rgb: Pixels  # [height, width, 3]; equal channels when grey
    grey: bool = False
    alpha: Pixels | None = None  # [height, width]
    icc: bytes | None = None  # an ICC profile that fits the pixels (RGB or grey)
    exif: bytes | None = None  # a TIFF structure, orientation already applied


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


def to_image(picture: Picture) -> Image.Image:
    """Returns a Pillow image with the right mode, ICC profile and EXIF; the inverse of `read`."""
    image = Image.fromarray(picture.rgb)
    if picture.grey:
        image = image.convert("L")
    if picture.alpha is not None:
        image.putalpha(Image.fromarray(picture.alpha))
    if picture.icc is not None:
        image.info["icc_profile"] = picture.icc
    if picture.exif is not None:
        image.info["exif"] = _EXIF_PREFIX + picture.exif
    return image


def save(image: Image.Image, path: PathLike) -> None:
    """Writes a picture with its ICC profile and EXIF, in the format of the path's extension."""
    file_format = picture_format(path)
    options = dict(_SAVE_OPTIONS.get(file_format, {}))
    options.update({key: image.info[key] for key in ("icc_profile", "exif") if key in image.info})
    try:
        data = encoded(image, file_format, **options)
    except (OSError, ValueError) as error:
        raise ImageError(
            f"a picture of mode {image.mode} and size {image.width}x{image.height} cannot be "
            f"stored as {file_format} ({error}); use .png"
        ) from error
    write_file(path, data)


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    """Returns the file of an image in a format, and with options, of Pillow's."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def picture_format(path: PathLike) -> str:
    """Returns Pillow's name of the format of a path's extension; `ImageError` if it has none."""
    extension = os.path.splitext(os.fspath(path))[1].lower()
    Image.preinit()  # the common formats; init() imports every plugin and takes longer
    if extension not in Image.EXTENSION:
        Image.init()
    name = Image.EXTENSION.get(extension, "")
    if name not in Image.SAVE:
        raise ImageError(f"{os.fspath(path)}: no picture format is called {extension!r}; use .png")
    return name


def write_file(path: PathLike, data: bytes) -> None:
    """Writes a file whole or not at all: to a temporary file beside it, which then replaces it."""
    target = os.path.realpath(path)
    temporary = os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.part")
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            with open(target, "wb") as stream:  # a pipe or /dev/stdout; a folder fails here
                stream.write(data)
            return
        try:
            with open(temporary, "xb") as stream:
                stream.write(data)
            os.replace(temporary, target)
        finally:
            with contextlib.suppress(OSError):
                os.remove(temporary)
    except OSError as error:
        raise ImageError(f"cannot write {os.fspath(path)}: {error.strerror or error}") from error


def pack_alpha(alpha: Pixels) -> bytes:
    """Returns an alpha plane, uint8 [height, width], as the bytes of a greyscale PNG file."""
    return encoded(Image.fromarray(alpha), "PNG", optimize=True)


def unpack_alpha(data: bytes, width: int, height: int) -> Pixels:
    """Returns the alpha plane in `pack_alpha`'s PNG, which must have the picture's size."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
                if (image.mode, image.size) != ("L", (width, height)):
                    raise BitstreamError(
                        f"the alpha plane is {image.mode} {image.width}x{image.height} "
                        f"instead of L {width}x{height}"
                    )
                return np.asarray(image)
    except BitstreamError:
        raise
    except Exception as error:  # Pillow's parsers raise many kinds
        raise BitstreamError(f"the alpha plane is not a valid PNG ({error})") from error


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
    image, exif = _upright(image)
    image, icc = _convert(image, icc)
    alpha = np.asarray(image.getchannel("A")) if "A" in image.mode else None
    grey = image.mode in ("L", "LA")
    if icc is not None and icc[16:20] != (b"GRAY" if grey else b"RGB "):
        icc = None  # readers reject or misuse a profile for other channels than the picture has
    return Picture(np.asarray(image.convert("RGB")), grey, alpha, icc, exif)


def _convert(image: Image.Image, icc: bytes | None) -> tuple[Image.Image, bytes | None]:
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
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(icc)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError):
        converted = None  # a broken profile, or one of another colour space
    return converted or image.convert("RGB")


def _upright(image: Image.Image) -> tuple[Image.Image, bytes | None]:
    """Applies the EXIF orientation; returns the upright image and an EXIF block that fits it.

    The block is written anew with orientation 1 and without thumbnail, which Pillow leaves out; it
    is None for formats that describe their own pixels in such tags (TIFF).
    """
    upright, block = image, None
    with contextlib.suppress(Exception):  # damaged EXIF should not keep anyone from the picture
        upright = ImageOps.exif_transpose(image)
        exif = Image.Exif()  # a copy, as the caller's image is not to be changed
        exif.load(image.info.get("exif", b""))
        if exif.keys() - {_ORIENTATION}:
            if _ORIENTATION in exif:
                exif[_ORIENTATION] = 1
            block = exif.tobytes().removeprefix(_EXIF_PREFIX)
    return upright, block
