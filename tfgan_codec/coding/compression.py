"""Makes files of one picture, of any quality or size, after analysing it once."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import numpy as np

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import hidden
from tfgan_codec.coding.budget import best_quality
from tfgan_codec.coding.contract import Encoding, PictureCoder, Refiner
from tfgan_codec.coding.strips import Progress, StripEncoding
from tfgan_codec.errors import UsageError
from tfgan_codec.format import container
from tfgan_codec.format.geometry import QUALITIES
from tfgan_codec.format.tiles import CELL, Grid
from tfgan_codec.pictures import alpha, policy
from tfgan_codec.pictures.picture import Picture, Pixels
from tfgan_codec.pictures.strips import Strips

_CLOSE = 0.98  # a file that takes this share of the bytes asked for is as large as was asked for
_log = logging.getLogger(__name__)


class Compression:
    """Holds one analysed picture, of which files of any quality are made."""

    def __init__(self, frame: container.TgcFile, encoding: Encoding, qualities: int) -> None:
        """Takes the file without what its streams hold, and the analysed picture."""
        self._frame, self._encoding, self._qualities = frame, encoding, qualities
        self._overhead, self.extra = container.overhead(frame)

    @property
    def pixels(self) -> int:
        """The number of the picture's pixels."""
        return self._frame.width * self._frame.height

    def file(self, quality: int) -> bytes:
        """Returns the whole file at a quality level."""
        return self._packed(quality, self._encoding.streams(quality))

    def within(self, nbytes: int, strict: bool) -> tuple[int, bytes]:
        """Returns quality and bytes of the best file of at most `nbytes` bytes. If there is none,
        it returns the smallest file, or raises `UsageError` if `strict`."""
        quality = best_quality(self._encoding.nbytes, nbytes - self._overhead, self._qualities)
        blob = self.file(quality)
        while len(blob) > nbytes and quality > 0:  # the estimate was a few bytes low
            quality -= 1
            blob = self.file(quality)
        if strict and len(blob) > nbytes:
            message = f"{nbytes} bytes are too few; the smallest file has {len(blob)} bytes"
            message += f" ({8 * len(blob) / (self._frame.width * self._frame.height):.4g} bpp)"
            if self.extra:
                message += f", {self.extra} of them for transparency and metadata"
            raise UsageError(message)
        if strict and quality == self._qualities - 1 and len(blob) < _CLOSE * nbytes:
            _log.warning(
                "the highest quality is reached: the file takes %d of %d bytes", len(blob), nbytes
            )
        return quality, blob

    def refined(self, quality: int, blob: bytes, nbytes: int, refiner: Refiner | None) -> bytes:
        """Returns the file of at most `nbytes` bytes that `refiner` finds at this quality; `blob`
        if it finds none."""
        if refiner is None:
            return blob
        streams = self._encoding.refined(quality, nbytes - self._overhead, refiner)
        found = self._packed(quality, streams)
        return found if len(found) <= nbytes else blob

    def _packed(self, quality: int, streams: tuple[bytes, ...]) -> bytes:
        return container.pack(self._frame._replace(quality=quality, streams=streams))


def of_picture(coder: PictureCoder, model_id: bytes, picture: Picture) -> Compression:
    """Analyses a whole picture."""
    height, width = picture.rgb.shape[:2]
    plane = None if picture.alpha is None else alpha.pack(picture.alpha)
    empty = (b"",) * coder.layers
    frame = _frame(model_id, width, height, picture)._replace(streams=empty, alpha=plane)
    encoding = coder.encode(hidden.filled(picture.rgb, picture.alpha))
    return Compression(frame, encoding, coder.qualities)


def of_strips(
    bundle: Bundle, strips: Strips, kept: str, nbytes: int, side: int, progress: Progress
) -> Compression:
    """Analyses a picture from strips, for a file in tiles.

    Args:
      bundle: the model.
      strips: the picture, of which nothing has been read.
      kept: the policy that says what of profile and EXIF is kept.
      nbytes: the length that the file will about have.
      side: of a tile, in hyper-latents.
      progress: is told which share is analysed.
    """
    rows = _Rows(strips, kept, nbytes, side)
    encoding = StripEncoding(bundle, rows, side, progress)
    frame = _frame(bundle.model_id, strips.width, strips.height, rows.first)
    streams = (_LONG,) * len(Grid(strips.height, strips.width, side))
    frame = frame._replace(streams=streams, side=side, alphas=tuple(rows.alphas))
    return Compression(frame, encoding, QUALITIES)


# As long as streams of tiles may well be, which decides how many bytes their lengths take.
_LONG = bytes(1 << 14)


def _frame(model_id: bytes, width: int, height: int, picture: Picture) -> container.TgcFile:
    return container.TgcFile(
        model_id, width, height, 0, (), picture.grey, picture.icc, picture.exif
    )


class _Rows:
    """Gives the pixels of strips as a file will have them, and packs the alpha plane in tiles.

    Attributes:
      first: the picture without rows, with the profile and EXIF that the file will have.
      alphas: the tiles of the alpha plane so far.
    """

    def __init__(self, strips: Strips, kept: str, nbytes: int, side: int) -> None:
        self.height, self.width = strips.height, strips.width
        self._strips, self._side, self._read = strips, side, 0
        # One pixel tells whether the colours are converted, and the log does so once.
        one = strips.first._replace(rgb=np.zeros((1, 1, 3), np.uint8), alpha=None)
        decided = policy.affordable(policy.reduced(one, kept), nbytes, kept)
        self._converts = decided.rgb is not one.rgb
        self.first = decided
        self.alphas: list[bytes] = []
        # Rows of the alpha plane that do not yet make a row of tiles.
        self._waiting = np.zeros((0, strips.width), np.uint8)

    def read(self, count: int) -> Pixels:
        """Does `strips.Rows.read`."""
        picture = self._strips.read(count)
        rgb = policy.as_srgb(picture).rgb if self._converts and count else picture.rgb
        if picture.alpha is None or not count:
            return rgb
        self._read += count
        self._waiting = np.concatenate([self._waiting, picture.alpha])
        height = self._side * CELL
        while len(self._waiting) >= height or (self._read == self.height and len(self._waiting)):
            row, self._waiting = self._waiting[:height], self._waiting[height:]
            self.alphas += [alpha.pack(tile) for tile in _columns(row, height)]
        return hidden.filled(rgb, picture.alpha)


def _columns(row: Pixels, width: int) -> Iterator[Pixels]:
    """Yields the stretches of so many columns of an array."""
    for left in range(0, row.shape[1], width):
        yield np.ascontiguousarray(row[:, left : left + width])
