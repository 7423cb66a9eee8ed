"""Compresses pictures to ``.tgc`` files and decompresses these, with a model bundle."""

from __future__ import annotations

import contextlib
import functools
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tfgan_codec.bundle.files import PathLike, find_shipped, stamp
from tfgan_codec.bundle.layered import LayeredBundle, load_bundle
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.bundle.runtime import MAX_THREADS, THREADS
from tfgan_codec.coding import pyramid
from tfgan_codec.coding.budget import best_quality
from tfgan_codec.coding.coders import coder_of
from tfgan_codec.coding.contract import PictureCoder, Refiner
from tfgan_codec.errors import BitstreamError, ImageError, UsageError
from tfgan_codec.format import container, geometry
from tfgan_codec.format.container import Blob
from tfgan_codec.format.geometry import QUALITIES
from tfgan_codec.pictures import alpha, reading
from tfgan_codec.pictures.picture import Picture, Pixels, to_image

if TYPE_CHECKING:
    from PIL import Image

DEFAULT_MODEL = "mobile"
DEFAULT_BPP = 0.1


@contextlib.contextmanager
def _enough_memory() -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise ImageError("not enough memory for this picture; code it in smaller parts") from error


class Codec:
    """Compresses and decompresses pictures with one model.

    Attributes:
      bundle: the loaded model, in layers or not.
    """

    def __init__(self, bundle: Bundle | LayeredBundle) -> None:
        self.bundle = bundle
        self._coder = coder_of(bundle)

    @_enough_memory()
    def compress(
        self,
        picture: reading.Source,
        quality: int | None = None,
        bpp: float | None = None,
        nbytes: int | None = None,
        metadata: bool = True,
        refiner: Refiner | None = None,
    ) -> bytes:
        """Returns the picture as the bytes of a ``.tgc`` file.

        Args:
          picture: a path, a Pillow image or an array uint8 [height, width, 3].
          quality: the quality level, 0..255; give this, `bpp`, `nbytes` or none of them.
          bpp: the most bits per pixel that the whole file may take.
          nbytes: the most bytes that the whole file may take.
          metadata: whether to keep the ICC profile and EXIF, which count towards `bpp` and
            `nbytes`.
          refiner: makes a better picture in as many bytes, in minutes: a `search.refiner.Refiner`,
            which needs TensorFlow. Decoding does not.

        With none of the three, the picture without its alpha plane and metadata gets about 0.1
        bits per pixel; very small pictures more, as a file has no fewer than 20 bytes or so.

        Raises:
          ImageError: there is no such picture.
          UsageError: the request makes no sense, or no file is that small.
        """
        if sum(option is not None for option in (quality, bpp, nbytes)) > 1:
            raise UsageError("give only one of quality, bpp and nbytes")
        if quality is not None and not 0 <= quality < QUALITIES:
            raise UsageError(f"quality must be in 0..{QUALITIES - 1}, not {quality}")
        if bpp is not None and not 0 < bpp < math.inf:
            raise UsageError(f"bpp must be a positive number, not {bpp}")
        if nbytes is not None and nbytes < 1:
            raise UsageError(f"the number of bytes must be positive, not {nbytes}")
        source = reading.read(picture)
        if not metadata:
            source = source._replace(icc=None, exif=None)
        job = _Compression(self._coder, self.bundle.model_id, source)
        if quality is not None:
            quality = min(quality, self._coder.qualities - 1)
            blob = job.file(quality)
            return job.refined(quality, blob, len(blob), refiner)
        pixels = source.rgb.shape[0] * source.rgb.shape[1]
        strict = bpp is not None or nbytes is not None
        if nbytes is None:
            nbytes = math.floor((DEFAULT_BPP if bpp is None else bpp) * pixels / 8)
            nbytes += 0 if strict else job.extra
        quality, blob = job.within(nbytes, strict)
        # By default very small pictures take more: then as many bytes as without a refiner.
        return job.refined(quality, blob, max(nbytes, len(blob)), refiner)

    @_enough_memory()
    def decompress(self, blob: Blob, realism: float | None = None, scale: int = 1) -> Image.Image:
        """Returns the picture of a ``.tgc`` file, with its mode, ICC profile and EXIF.

        Args:
          blob: the contents of the file, or its path.
          realism: 0 for the picture nearest to the original, 1 for the most realistic one, and
            what the bundle has in between (`Bundle.realisms`). The highest by default.
          scale: with models in layers, 2 or 4 returns the picture at 1/2 or 1/4 of its size, also
            from a file that was cut short after the layers for that size.

        Raises:
          BitstreamError: the file is damaged, or for another model.
          UsageError: the bundle has no such decoder, the file no such scale.
        """
        file = container.parse(container.read_blob(blob), scale).file
        bundle = self.bundle
        if file.model_id != bundle.model_id:
            raise BitstreamError(
                f"the file was made with model {file.model_id.hex()}, but {bundle.name} is "
                f"{bundle.model_id.hex()}; give the model it was made with"
            )
        if file.layers != self._coder.layers:
            raise BitstreamError(
                f"the file has {file.layers} layers, but those of {bundle.name} have "
                f"{self._coder.layers}: it was not made with this model"
            )
        pixels = self._coder.decode(file, bundle.realisms[-1] if realism is None else realism)
        plane = None
        if file.alpha is not None:
            plane = alpha.unpack(file.alpha, file.width, file.height)
            plane = _smaller(plane, file.scale)
        picture = Picture(pixels, file.grey, plane, file.icc, file.exif)
        return to_image(picture)


class _Compression:
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
        self._encoding = coder.encode(picture.rgb)

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


def load(name_or_path: PathLike = DEFAULT_MODEL, threads: int = THREADS) -> Codec:
    """Returns the codec of a shipped model, by its name, or of a bundle, by its path.

    threads: how many threads each network runs on, 1..256. Files and pictures do not depend on it.
    """
    if threads not in range(1, MAX_THREADS + 1):
        raise UsageError(f"threads must be a whole number, 1 to {MAX_THREADS}, not {threads}")
    return Codec(load_bundle(name_or_path, threads))


def compress(
    picture: reading.Source,
    quality: int | None = None,
    bpp: float | None = None,
    nbytes: int | None = None,
    metadata: bool = True,
    model: PathLike = DEFAULT_MODEL,
    refiner: Refiner | None = None,
    threads: int = THREADS,
) -> bytes:
    """Does `Codec.compress` with the model that `load` finds; it stays loaded until its bundle
    changes."""
    codec = _loaded(os.fspath(model), threads, stamp(model))
    return codec.compress(picture, quality, bpp, nbytes, metadata, refiner)


def decompress(
    blob: Blob,
    realism: float | None = None,
    model: PathLike | None = None,
    scale: int = 1,
    threads: int = THREADS,
) -> Image.Image:
    """Does `Codec.decompress` with a model; by default with the shipped one that made the file."""
    data = container.read_blob(blob)
    if model is None:
        model = shipped_model(container.parse(data, scale).file.model_id)
    return _loaded(os.fspath(model), threads, stamp(model)).decompress(data, realism, scale)


def shipped_model(model_id: bytes) -> Path:
    """Returns the path of the shipped bundle with this model id, 3 bytes; `BitstreamError` if there
    is none."""
    path = find_shipped(model_id)
    if path is None:
        raise BitstreamError(
            f"no shipped model has the file's model id {model_id.hex()}; "
            "give the bundle that it was made with, or update tfgan_codec"
        )
    return path


@functools.lru_cache(maxsize=4)
def _loaded(model: str, threads: int, stamp: bytes) -> Codec:
    """Returns the codec of a bundle, loaded anew when its stamp has changed."""
    del stamp
    return load(model, threads)


def _smaller(plane: Pixels, scale: int) -> Pixels:
    """Returns an alpha plane [h, w] shrunk `scale` times, a power of two."""
    plane = plane[..., None]
    while scale > 1:
        plane, scale = geometry.round_half_up(pyramid.halve(plane)).astype(np.uint8), scale // 2
    return plane[..., 0]
