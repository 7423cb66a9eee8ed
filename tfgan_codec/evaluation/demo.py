"""Codes one picture at one size with this codec, AVIF and JPEG, which `apps.demo` shows."""

from __future__ import annotations

import functools
import io
import math
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tfgan_codec.bundle.layered import LayeredBundle, layers_of
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.codec import Codec
from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation.sheet import Panel, sheet
from tfgan_codec.metrics import ms_ssim, psnr
from tfgan_codec.pictures import writing

BPP = 0.1
AVIF_SPEED = 6  # libavif's default; slower settings save a few percent more


class Result(NamedTuple):
    """Holds what one codec made of the picture."""

    name: str
    nbytes: int
    bpp: float
    psnr: float
    ms_ssim: float | None  # None where the picture is too small for five scales
    encode_s: float
    decode_s: float
    picture: Image.Image


class Format(NamedTuple):
    """Holds a classical format of Pillow's, whose files grow with its `qualities`."""

    name: str
    qualities: range
    options: dict[str, int | str | bool]


JPEG = Format("JPEG", range(1, 96), {"optimize": True, "progressive": True})
AVIF = Format("AVIF", range(101), {"speed": AVIF_SPEED, "subsampling": "4:2:0"})


def run(codec: Codec, picture: Image.Image, bpp: float | None = None) -> list[Result]:
    """Codes an RGB picture at `bpp` bits per pixel with the codec, by default at `BPP` or, if its
    model has one rate, at that; then with AVIF and JPEG at the size of the codec's file."""
    if bpp is None and _has_one_rate(codec.bundle):
        encode = functools.partial(codec.compress, picture, quality=0)
    else:
        encode = functools.partial(codec.compress, picture, bpp=BPP if bpp is None else bpp)
    ours = measure(f"tgc {codec.bundle.name}", picture, encode, codec.decompress)
    others = []
    for fmt in (AVIF, JPEG):
        quality = nearest_quality(picture, fmt, ours.nbytes)
        encode = functools.partial(encode_as, picture, fmt, quality)
        others.append(measure(f"{fmt.name} q{quality}", picture, encode, decode_any))
    return [ours, *others]


def _has_one_rate(bundle: Bundle | LayeredBundle) -> bool:
    return all(bool((layer.gain == layer.gain[0]).all()) for layer in layers_of(bundle))


def measure(
    name: str,
    picture: Image.Image,
    encode: Callable[[], bytes],
    decode: Callable[[bytes], Image.Image],
) -> Result:
    """Encodes and decodes a picture once, and returns times, size and quality of that file."""
    start = time.perf_counter()
    blob = encode()
    encoded = time.perf_counter()
    decoded = decode(blob)
    done = time.perf_counter()
    original, copy = np.asarray(picture), np.asarray(decoded)
    return Result(
        name,
        nbytes=len(blob),
        bpp=8 * len(blob) / (picture.width * picture.height),
        psnr=psnr(original, copy),
        ms_ssim=_ms_ssim(original, copy),
        encode_s=encoded - start,
        decode_s=done - encoded,
        picture=decoded,
    )


def nearest_quality(picture: Image.Image, fmt: Format, nbytes: int) -> int:
    """Returns the quality whose file is nearest in size to `nbytes`, found by binary search."""
    size = functools.lru_cache(maxsize=None)(lambda q: len(encode_as(picture, fmt, q)))
    low, high = fmt.qualities[0], fmt.qualities[-1]
    while high - low > 1:
        middle = (low + high) // 2
        if size(middle) <= nbytes:
            low = middle
        else:
            high = middle
    return min(low, high, key=lambda q: abs(size(q) - nbytes))


def encode_as(picture: Image.Image, fmt: Format, quality: int) -> bytes:
    return writing.encoded(picture, fmt.name, quality=quality, **fmt.options)


def decode_any(blob: bytes) -> Image.Image:
    with Image.open(io.BytesIO(blob)) as picture:
        return picture.convert("RGB")


def table(results: Sequence[Result]) -> str:
    """Returns the results as text, a line each, and what the numbers mean."""
    heading = f"{'':14}{'bytes':>11}{'bpp':>8}{'PSNR':>8}{'MS-SSIM':>9}{'encode':>9}{'decode':>9}"
    lines = [heading]
    for r in results:
        similarity = "-" if r.ms_ssim is None else f"{r.ms_ssim:.4f}"
        lines.append(
            f"{r.name:14}{r.nbytes:>11,}{r.bpp:>8.4f}{r.psnr:>8.2f}{similarity:>9}"
            f"{r.encode_s:>7.3f} s{r.decode_s:>7.3f} s"
        )
    lines.append("Times are of one run; the first line's include loading the networks and finding")
    lines.append(
        f"the size. AVIF (speed {AVIF_SPEED}) and JPEG are at the quality nearest in size."
    )
    return "\n".join(lines)


def side_by_side(picture: Image.Image, results: Sequence[Result]) -> Image.Image:
    """Returns a sheet of the original and every result, each with its bytes."""
    subtitle = (
        f"{picture.width} x {picture.height}, {3 * picture.width * picture.height:,} bytes raw"
    )
    panels = [Panel("original", subtitle, picture)]
    for r in results:
        similarity = "" if r.ms_ssim is None else f", MS-SSIM {r.ms_ssim:.4f}"
        level = "identical" if math.isinf(r.psnr) else f"{r.psnr:.2f} dB"
        subtitle = f"{r.nbytes:,} bytes, {r.bpp:.3f} bpp, {level}{similarity}"
        panels.append(Panel(r.name, subtitle, r.picture))
    return sheet(panels)


def _ms_ssim(original: NDArray[np.uint8], copy: NDArray[np.uint8]) -> float | None:
    try:
        return ms_ssim(original, copy)
    except UsageError:
        return None
