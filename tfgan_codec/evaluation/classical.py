"""Runs the classical codecs to compare with: JPEG, JPEG 2000, WebP, AVIF, HEIC, JPEG XL.

Each makes real files at its best practical settings (slow encoders, 4:2:0), on its own scale of
quality.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import Callable, NamedTuple

import numpy as np
from PIL import Image, features

from tfgan_codec.errors import TgcError, UsageError
from tfgan_codec.metrics.complexity import Complexity
from tfgan_codec.pictures.picture import Pixels
from tfgan_codec.pictures.writing import encoded

Encoder = Callable[[Image.Image, float], bytes]


class CodecMissingError(TgcError):
    """The library of a codec is not installed; callers leave that codec out and go on."""


class ClassicalCodec:
    """Compresses and decodes pictures with one codec at settings of its own scale.

    Attributes:
      ladder: settings in order of rising rate, for `match`.
      settings: settings that are measured by default.
    """

    complexity = Complexity()  # not a network

    def __init__(
        self,
        name: str,
        extension: str,
        version: str,
        encoder: Encoder,
        decoder: Callable[[bytes], Pixels],
        ladder: tuple[float, ...],
        settings: tuple[str, ...],
    ) -> None:
        self.name = self.typed = self.encoder = name
        self.extension, self.version = extension, version
        self.trained_on: list[str] | None = []
        self.ladder, self.settings = ladder, settings
        self._encoder, self.decode = encoder, decoder

    def encode(self, picture: Pixels, setting: str) -> bytes:
        """Returns the file of a picture, uint8 HxWx3, at a number on the codec's own scale."""
        try:
            value = float(setting)
        except ValueError:
            raise UsageError(f"{self.name} takes numbers as settings, not {setting!r}") from None
        return self._encoder(Image.fromarray(picture), value)

    def match(self, picture: Pixels, nbytes: int, known: Mapping[str, int] | None = None) -> bytes:
        """Returns the file whose size is nearest to `nbytes` by ratio; a larger one if all are.

        `known` maps settings to sizes in bytes of this picture's files, to narrow the search.
        """
        image = Image.fromarray(picture)
        low, high = 0, len(self.ladder) - 1
        for setting, size in (known or {}).items():
            distances = [abs(step - float(setting)) for step in self.ladder]
            position = distances.index(min(distances))
            if size <= nbytes:
                low = max(low, position - 1)
            else:
                high = min(high, position + 1)
        best = b""
        while low <= high:
            middle = (low + high) // 2
            data = self._encoder(image, self.ladder[middle])
            if not best or _distance(data, nbytes) < _distance(best, nbytes):
                best = data
            if len(data) > nbytes:
                high = middle - 1
            else:
                low = middle + 1
        return best


def _distance(data: bytes, nbytes: int) -> float:
    return abs(math.log(len(data) / nbytes))


class _Entry(NamedTuple):
    make: Callable[[], ClassicalCodec]
    needs: str


def create(name: str) -> ClassicalCodec:
    """Returns the codec of that name; raises CodecMissingError, saying what to install."""
    entry = _REGISTRY[name]
    try:
        return entry.make()
    except ImportError as error:
        raise CodecMissingError(f"{name} is left out: it needs {entry.needs} ({error})") from error


def _open(data: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _by_quality(
    name: str,
    extension: str,
    version: str,
    kind: str,
    ladder: range,
    settings: tuple[str, ...],
    **options: object,
) -> ClassicalCodec:
    """Returns a codec that Pillow has as `kind`, on a scale of whole qualities."""

    def encode(image: Image.Image, quality: float) -> bytes:
        return encoded(image, kind, quality=round(quality), **options)

    return ClassicalCodec(name, extension, version, encode, _open, tuple(ladder), settings)


def _version(library: str, feature: str) -> str:
    if not features.check(feature):
        raise ImportError(f"this Pillow was built without {library}")
    return f"{library} {features.version(feature)}"


def _jpeg() -> ClassicalCodec:
    turbo = features.version("libjpeg_turbo")
    version = f"libjpeg-turbo {turbo}" if turbo else _version("libjpeg", "jpg")
    version += ", progressive, 4:2:0"
    settings = ("1", "3", "5", "10", "20")
    options = {"optimize": True, "progressive": True, "subsampling": "4:2:0"}
    return _by_quality("jpeg", "jpg", version, "JPEG", range(1, 96), settings, **options)


def _jpeg2000() -> ClassicalCodec:
    return ClassicalCodec(
        "jpeg2000",
        "jp2",
        f"{_version('OpenJPEG', 'jpg_2000')}, 9/7, colour transform, setting = compression ratio",
        lambda image, ratio: encoded(
            image,
            "JPEG2000",
            quality_mode="rates",
            quality_layers=[ratio],
            irreversible=True,
            mct=1,  # the colour transform, worth 2 dB; Pillow leaves it out by default
        ),
        _open,
        tuple(round(2400 * 0.97**i, 2) for i in range(180)),
        ("480", "270", "180", "120", "80"),
    )


def _webp() -> ClassicalCodec:
    version = f"{_version('libwebp', 'webp')}, method 6"
    settings = ("0", "2", "5", "10", "20")
    return _by_quality("webp", "webp", version, "WEBP", range(101), settings, method=6)


def _avif() -> ClassicalCodec:
    # One thread: with more, libavif cuts the picture into as many tiles, and files differ by 1 %
    # between machines.
    version = f"{_version('libavif', 'avif')}, speed 2, 4:2:0, one thread"
    settings = ("1", "8", "12", "20", "28", "36")
    options = {"speed": 2, "subsampling": "4:2:0", "max_threads": 1}
    return _by_quality("avif", "avif", version, "AVIF", range(1, 101), settings, **options)


def _heic() -> ClassicalCodec:
    import pillow_heif

    info = pillow_heif.libheif_info()
    if "x265" not in info["encoders"]:
        raise ImportError("this pillow-heif was built without x265")
    pillow_heif.register_heif_opener()
    version = f"libheif {info['libheif']} with x265 intra, 4:2:0"
    settings = ("3", "8", "12", "18", "24", "27")
    return _by_quality("heic", "heic", version, "HEIF", range(1, 101), settings, chroma="420")


def _jpegxl() -> ClassicalCodec:
    import imagecodecs

    return ClassicalCodec(
        "jxl",
        "jxl",
        f"{imagecodecs.jpegxl_version()}, effort 7, setting = distance",
        lambda image, distance: bytes(
            imagecodecs.jpegxl_encode(
                np.asarray(image), distance=distance, effort=7, lossless=False
            )
        ),
        lambda data: np.asarray(imagecodecs.jpegxl_decode(data)),
        tuple(25 - 0.25 * i for i in range(99)),
        ("25", "20", "15", "10", "6"),
    )


_REGISTRY = {
    "jpeg": _Entry(_jpeg, "Pillow with JPEG"),
    "jpeg2000": _Entry(_jpeg2000, "Pillow with OpenJPEG"),
    "webp": _Entry(_webp, "Pillow with WebP"),
    "avif": _Entry(_avif, "Pillow 11.3 or newer with AVIF"),
    "heic": _Entry(_heic, "pillow-heif: pip install pillow-heif"),
    "jxl": _Entry(_jpegxl, "imagecodecs: pip install imagecodecs"),
}
NAMES = tuple(_REGISTRY)
