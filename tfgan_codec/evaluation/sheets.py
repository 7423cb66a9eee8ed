"""Codes every picture by every codec at matched bytes, and finds regions worth a close look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tfgan_codec.errors import TgcError
from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.codecs import MeasuredCodec, file_of
from tfgan_codec.evaluation.measure import Meter
from tfgan_codec.pictures import reading
from tfgan_codec.pictures.picture import Pixels

CROP = 128
CROPS = 3
METRICS = ("psnr", "ms_ssim", "lpips")
_NEAR = 0.97


class Version(NamedTuple):
    """Holds a picture as one codec decodes it."""

    codec: str
    nbytes: int
    values: dict[str, float | None]
    pixels: Pixels


class Sheet(NamedTuple):
    """Holds a picture and its decoded versions, of files near `target` bytes."""

    name: str
    target: int
    original: Pixels
    versions: list[Version]
    crops: list[tuple[int, int]]  # left, top of CROP x CROP regions


def make(
    pictures: Sequence[Path],
    codecs: Sequence[MeasuredCodec],
    bpp: float,
    meter: Meter,
    records: Sequence[schema.Row] = (),
    files: Path | None = None,
) -> Iterator[Sheet]:
    """Yields a sheet for each picture that can be read; codecs that fail on it are left out.

    Args:
      pictures: paths.
      codecs: what to show.
      bpp: bits per pixel that every file is brought near to.
      meter: measures METRICS.
      records: rows whose sizes are known already, to search less.
      files: folder of the files of `records`; one of nearly the target's size is taken as it is,
        since encoders can be slow.
    """
    for path in pictures:
        try:
            original = reading.read(path).rgb
        except TgcError:
            continue
        target = max(1, round(bpp * original.shape[0] * original.shape[1] / 8))
        found: list[tuple[str, int, Pixels]] = []
        for codec in codecs:
            known = {
                row["setting"]: row["bytes"]
                for row in records
                if row["codec"] == codec.name and row["image"] == path.name
            }
            try:
                data = _kept(files, codec, known, path.name, target)
                data = data or codec.match(original, target, known)
                found.append((codec.name, len(data), codec.decode(data)))
            except Exception:  # whatever a codec library raises; the measurement told of it
                continue
        _, measured = meter.measure(original, [pixels for _, _, pixels in found])
        versions = [
            Version(name, nbytes, result.values, pixels)
            for (name, nbytes, pixels), result in zip(found, measured)
        ]
        yield Sheet(path.name, target, original, versions, busiest(original))


def _kept(
    files: Path | None, codec: MeasuredCodec, known: Mapping[str, int], picture: str, target: int
) -> bytes | None:
    """Returns the largest file in `files` with 97 to 100 % of the target's bytes; None if none."""
    fitting = {size: name for name, size in known.items() if _NEAR * target <= size <= target}
    if not files or not fitting:
        return None
    file = file_of(files, codec, fitting[max(fitting)], picture)
    data = file.read_bytes() if file.is_file() else b""
    return data if len(data) == max(fitting) else None


def busiest(picture: Pixels, size: int = CROP, count: int = CROPS) -> list[tuple[int, int]]:
    """Returns left and top of the `size` x `size` squares in which neighbouring pixels change most,
    up to `count` of them, none overlapping."""
    height, width = picture.shape[:2]
    if height < size or width < size:
        return []
    grey = picture.astype(np.float32).mean(axis=2)
    energy = np.zeros((height + 1, width + 1))
    change = np.abs(np.diff(grey, axis=0, append=grey[-1:]))
    change += np.abs(np.diff(grey, axis=1, append=grey[:, -1:]))
    energy[1:, 1:] = np.minimum(change, 60.0).cumsum(axis=0).cumsum(axis=1)
    sums = (
        energy[size:, size:] - energy[:-size, size:] - energy[size:, :-size]
        + energy[:-size, :-size]
    )  # fmt: skip
    corners: list[tuple[int, int]] = []
    while len(corners) < count and np.max(sums) > 0:
        top, left = np.unravel_index(int(np.argmax(sums)), sums.shape)
        corners.append((int(left), int(top)))
        sums[max(0, top - size + 1) : top + size, max(0, left - size + 1) : left + size] = 0
    return corners
