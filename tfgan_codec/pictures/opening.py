"""Opens picture files with Pillow: only formats that start no other program."""

from __future__ import annotations

import contextlib
import importlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from tfgan_codec.errors import ImageError, TgcError, shown

# What Pillow reads by itself. Left out are formats that start other programs (EPS starts
# Ghostscript), that need handlers of other packages, and those that nobody stores photographs in.
FORMATS = (
    *("PNG", "JPEG", "JPEG2000", "WEBP", "AVIF", "HEIF", "TIFF", "GIF", "BMP", "DIB"),
    *("PPM", "TGA", "PSD", "ICO", "ICNS", "PCX", "SGI", "DDS", "QOI"),
)
_EPS = (b"%!PS", b"\xc5\xd0\xd3\xc6")  # the first bytes of its two kinds
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_START_BYTES = 16  # of a file, enough to know those


@contextlib.contextmanager
def image_errors(what: str) -> Iterator[None]:
    """Turns what Pillow and the file system raise for a picture into `ImageError`."""
    try:
        yield
    except (MemoryError, TgcError):
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(f"{what} is too large; split it into smaller pictures") from error
    except OSError as error:
        reason = error.strerror or shown(error, most=200)
        raise ImageError(f"cannot read {what}: {reason}") from error
    except Exception as error:  # Pillow's parsers raise many kinds for damaged files
        reason = shown(f"{type(error).__name__}: {error}")
        raise ImageError(f"{what} is damaged ({reason})") from error


@contextlib.contextmanager
def opened(source: str | bytes, what: str) -> Iterator[Image.Image]:
    """Opens the file at a path, or the contents of one, which errors call `what`."""
    with image_errors(what), warnings.catch_warnings(), _stream(source) as stream:
        # Pillow warns of odd EXIF and from 89 megapixels on; it refuses 179, which is enough.
        warnings.simplefilter("ignore")
        start = stream.read(_START_BYTES)
        if not start:
            raise ImageError(f"{what} is empty; give a picture such as a PNG or JPEG file")
        image = _open(stream)
        if image is None:
            raise ImageError(f"{what} {_why_not(start)}")
        with image:
            yield image


def register() -> None:
    """Makes Pillow know its own formats and, where `pillow-heif` is installed, HEIC and HEIF."""
    Image.init()
    with contextlib.suppress(ImportError):
        importlib.import_module("pillow_heif").register_heif_opener()


def _stream(source: str | bytes) -> BinaryIO:
    """Returns an open file that can be read from its start again."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    path = Path(source)
    if path.is_file():
        return path.open("rb")
    return io.BytesIO(path.read_bytes())  # a pipe cannot be read again


def _open(stream: BinaryIO) -> Image.Image | None:
    """Opens a picture of one of `FORMATS`; None if it is of none."""
    Image.preinit()  # the common formats; init() imports every plugin and takes longer
    for load_more in (None, register):
        if load_more is not None:
            load_more()
        stream.seek(0)
        with contextlib.suppress(UnidentifiedImageError):
            return Image.open(stream, formats=[name for name in FORMATS if name in Image.OPEN])
    return None


def _why_not(start: bytes) -> str:
    """Says why a file that starts like this is not opened."""
    if start.startswith(_EPS):
        return "is EPS, which is not opened because that runs other programs; make a PNG of it"
    if start[4:8] == b"ftyp" and start[8:12] in _HEIF_BRANDS and "HEIF" not in Image.OPEN:
        return "is a HEIC picture, which needs pillow-heif: pip install pillow-heif"
    return "is not a picture that can be read; give a PNG or JPEG, for example"
