"""Makes files of one picture, of any quality or size, after analysing it once."""

from __future__ import annotations

import logging

from tfgan_codec.coding import hidden
from tfgan_codec.coding.budget import best_quality
from tfgan_codec.coding.contract import PictureCoder, Refiner
from tfgan_codec.errors import UsageError
from tfgan_codec.format import container
from tfgan_codec.pictures import alpha
from tfgan_codec.pictures.picture import Picture

_CLOSE = 0.98  # a file that takes this share of the bytes asked for is as large as was asked for
_log = logging.getLogger(__name__)


class Compression:
    """Holds one analysed picture, of which files of any quality are made."""

    def __init__(self, coder: PictureCoder, model_id: bytes, picture: Picture) -> None:
        height, width = picture.rgb.shape[:2]
        self._frame = container.TgcFile(
            model_id,
            width,
            height,
            quality=0,
            streams=(b"",) * coder.layers,
            grey=picture.grey,
            icc=picture.icc,
            exif=picture.exif,
            alpha=None if picture.alpha is None else alpha.pack(picture.alpha),
        )
        self._overhead, self.extra = container.overhead(self._frame)
        self._qualities = coder.qualities
        self._encoding = coder.encode(hidden.filled(picture.rgb, picture.alpha))

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
