"""Makes the result of one file, for processes of one machine and for clusters alike."""

from __future__ import annotations

import hashlib
import io
import os
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from tfgan_codec import arguments
from tfgan_codec.batch.record import Record
from tfgan_codec.batch.settings import COMPRESS, Settings
from tfgan_codec.codec import decompress, load
from tfgan_codec.coding import request
from tfgan_codec.errors import ImageError, TgcError
from tfgan_codec.format import container, header
from tfgan_codec.pictures import opening, writing

if TYPE_CHECKING:
    from PIL import Image

_BLOCK = 1 << 20  # bytes


class Digest(NamedTuple):
    """Holds the length of a file and its SHA-256 in hex."""

    nbytes: int
    sha256: str


class Made(NamedTuple):
    """Holds the contents of a result, the size of its picture and the model's id in hex."""

    data: bytes
    width: int
    height: int
    model_id: str


class Coder:
    """Makes results with the settings of a batch; each network runs on one thread, for what is done
    side by side here is files."""

    def __init__(self, settings: Settings) -> None:
        """Loads the model; raises a `TgcError` if there is none such, or if no picture could be
        coded with these settings."""
        request.checked(settings.quality, settings.bpp, settings.nbytes)
        if settings.realism is not None:
            arguments.finite("realism", settings.realism)
        self.settings = settings
        self._model = load(settings.model, 1) if settings.model is not None else None

    def make(self, source: BinaryIO) -> Made:
        """Returns the result of an open file, raising a `TgcError` as the codec does."""
        if self.settings.mode == COMPRESS:
            assert self._model is not None
            return _of_tgc(self._model.compress(source.read(), **self.settings.options))
        blob = source.read()
        image = self._decompress(blob)
        data = writing.contents(image, f"picture{self.settings.extension}")
        return Made(data, *image.size, header.read(io.BytesIO(blob)).model_id.hex())

    def model_id(self, source: bytes) -> str:
        """Returns in hex the id of the model that a file is coded with, given its contents."""
        if self._model is not None and self.settings.mode == COMPRESS:
            return self._model.bundle.model_id.hex()
        return header.read(io.BytesIO(source)).model_id.hex()

    def opened(self, data: bytes | None, model_id: str) -> Made | None:
        """Returns what a result holds that was made before with a model, None if it is damaged or
        not there."""
        if data is None:
            return None
        try:
            if self.settings.mode == COMPRESS:
                file = container.parse(data, metadata=False).file
                return Made(data, file.width, file.height, file.model_id.hex())
            with opening.opened(data, "the result") as image:
                image.load()
                return Made(data, *image.size, model_id)
        except TgcError:
            return None

    def record(self, output: str, source: str, found: Digest, made: Made, making: str) -> Record:
        """Returns the record of a result, not verified yet, of a file with a digest."""
        result = digest_of(made.data)
        tgc_bytes = (result if self.settings.mode == COMPRESS else found).nbytes
        bpp = round(8 * tgc_bytes / (made.width * made.height), 6)
        picture = (made.model_id, made.width, made.height, bpp)
        return Record(output, source, making, *picture, *found, *result, verified=False)

    def verify(self, data: bytes, width: int, height: int) -> None:
        """Raises a `TgcError` unless a result can be decoded, to a picture of this size."""
        if self.settings.mode == COMPRESS:
            size = self._decompress(data).size
        else:
            with opening.opened(data, "the result") as image:
                image.load()
                size = image.size
        if size != (width, height):
            raise ImageError(f"the result shows {size[0]}x{size[1]} pixels, not {width}x{height}")

    def _decompress(self, blob: bytes) -> Image.Image:
        options = {} if self.settings.mode == COMPRESS else self.settings.options
        if self._model is None:
            return decompress(blob, threads=1, **options)
        return self._model.decompress(blob, **options)


def digest(source: BinaryIO) -> Digest:
    """Returns the digest of an open file, which is at its start again afterwards."""
    found = hashlib.sha256()
    while block := source.read(_BLOCK):
        found.update(block)
    nbytes = source.tell()
    source.seek(0, os.SEEK_SET)
    return Digest(nbytes, found.hexdigest())


def digest_of(data: bytes) -> Digest:
    """Returns the digest of the contents of a file."""
    return Digest(len(data), hashlib.sha256(data).hexdigest())


def _of_tgc(blob: bytes) -> Made:
    head = header.read(io.BytesIO(blob))
    return Made(blob, head.width, head.height, head.model_id.hex())
