"""Compresses pictures to ``.tgc`` files and decompresses these, with a model bundle."""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import numpy as np

from tfgan_codec import arguments, limits, regions
from tfgan_codec.bundle.files import PathLike, find_shipped, stamp
from tfgan_codec.bundle.layered import LayeredBundle, load_bundle
from tfgan_codec.bundle.model import FLOAT, INT8, Bundle
from tfgan_codec.bundle.runtime import MAX_THREADS, THREADS
from tfgan_codec.coding import compression, pyramid, request, strips
from tfgan_codec.coding.coders import coder_of
from tfgan_codec.coding.compression import Compression
from tfgan_codec.coding.contract import Refiner
from tfgan_codec.coding.hyperprior import HyperpriorCoder
from tfgan_codec.coding.mosaic import Mosaic, Source
from tfgan_codec.errors import BitstreamError, ImageError, UsageError
from tfgan_codec.format import container, geometry, header
from tfgan_codec.format.container import Blob
from tfgan_codec.pictures import alpha, policy, reading
from tfgan_codec.pictures.picture import Picture, Pixels, to_image

if TYPE_CHECKING:
    from PIL import Image

DEFAULT_MODEL = "mobile"
TILED_FROM = 1 << 25  # pixels of a picture that is stored in tiles by default
# Is told which share of the work is done, 0..1.
Progress = Callable[[float], None]


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
        metadata: policy.Wanted = policy.BASIC,
        refiner: Refiner | None = None,
        page: int | None = None,
        tiles: bool | None = None,
        progress: Progress | None = None,
    ) -> bytes:
        """Returns the picture as the bytes of a ``.tgc`` file.

        Args:
          picture: a path, the contents of a picture's file (bytes), an open file, a Pillow image
            or an array uint8 [height, width, 3].
          quality: the quality level, 0..255; give this, `bpp`, `nbytes` or none of them.
          bpp: the most bits per pixel that the whole file may take.
          nbytes: the most bytes that the whole file may take.
          metadata: what to keep beside the pixels, inside the size asked for. "basic": what people
            would miss, that is the colours (profiles of a byte; others while they take up to 2 % of
            the file, else the picture is converted to sRGB) and from EXIF date, camera, exposure
            and copyright. "keep": the whole ICC profile and EXIF, the place too. "none": neither;
            the picture is converted to sRGB. True is "basic", False is "none".
          refiner: makes a better picture in as many bytes, in minutes: a `search.refiner.Refiner`,
            which needs TensorFlow. Decoding does not.
          page: of a file with several pictures, which one, from 1. By default the first, with a
            warning that there are others.
          tiles: whether the file is in tiles, of which regions can be decoded without the rest; it
            is then coded in bounded memory. By default pictures of 2^25 pixels and more are.
          progress: is told which share of the work is done, while a file in tiles is made.

        With none of the three, the picture without its alpha plane and metadata gets about 0.1
        bits per pixel; very small pictures more, as a file has no fewer than 20 bytes or so.

        Raises:
          ImageError: there is no such picture.
          UsageError: the request makes no sense, or no file is that small.
        """
        wanted, kept = request.checked(quality, bpp, nbytes), policy.chosen(metadata)
        if refiner is not None and not callable(refiner):
            raise UsageError(f"refiner must be a Refiner, not {arguments.given(refiner)}")
        with reading.opening(picture, page) as opened:
            tiled = self._tiled(tiles, opened.pixels, refiner)
            told = progress or _ignore
            read = self._of_strips(opened, wanted, kept, told) if tiled else opened.picture()
        if isinstance(read, Compression):  # the file may be closed before it is coded
            return _tiled_file(read, wanted)
        source = policy.reduced(read, kept)
        if wanted.quality is not None:
            return self._of_quality(source, wanted.quality, kept, refiner)
        budget = wanted.budget(source.rgb.shape[0] * source.rgb.shape[1])
        job = self._analyse(policy.affordable(source, budget, kept))
        budget += 0 if wanted.strict else job.extra
        found, blob = job.within(budget, wanted.strict)
        # By default very small pictures take more: then as many bytes as without a refiner.
        return job.refined(found, blob, max(budget, len(blob)), refiner)

    def _of_quality(
        self, source: Picture, quality: int, kept: str, refiner: Refiner | None
    ) -> bytes:
        """Returns the file of a quality; whether a profile costs too much is known only then."""
        quality = min(quality, self._coder.qualities - 1)
        job = self._analyse(source)
        blob = job.file(quality)
        cheaper = policy.affordable(source, len(blob), kept)
        if cheaper is not source:
            job = self._analyse(cheaper)
            blob = job.file(quality)
        return job.refined(quality, blob, len(blob), refiner)

    def _analyse(self, source: Picture) -> Compression:
        return compression.of_picture(self._coder, self.bundle.model_id, source)

    def _tiled(self, tiles: bool | None, pixels: int, refiner: Refiner | None) -> bool:
        """Whether a file is to be in tiles; raises `UsageError` where that cannot be."""
        able = isinstance(self._coder, HyperpriorCoder) and refiner is None
        if tiles and not able:
            raise UsageError(
                "models in layers or with a context model have no tiles, nor has a search: leave "
                "tiles out"
            )
        return able and (pixels >= TILED_FROM if tiles is None else bool(tiles))

    def _of_strips(
        self, opened: reading.Opened, wanted: request.Request, kept: str, progress: Progress
    ) -> Compression:
        """Analyses a picture that is open, and read only here, for a file in tiles."""
        assert isinstance(self.bundle, Bundle)
        rows = opened.strips()
        # Of a quality the length is not known yet: profiles are judged as by default.
        budget = wanted.budget(rows.height * rows.width)
        return compression.of_strips(self.bundle, rows, kept, budget, strips.SIDE, progress)

    @_enough_memory()
    def decompress(
        self,
        blob: Blob,
        realism: float | None = None,
        scale: int = 1,
        max_pixels: int | None = None,
        region: Sequence[int] | None = None,
    ) -> Image.Image:
        """Returns the picture of a ``.tgc`` file, with its mode, ICC profile and EXIF.

        Args:
          blob: the contents of the file (bytes), its path, or an open file.
          realism: 0 for the picture nearest to the original, 1 for the most realistic one, and
            what the bundle has in between (`Bundle.realisms`). The highest by default.
          scale: with models in layers, 2 or 4 returns the picture at 1/2 or 1/4 of its size, also
            from a file that was cut short after the layers for that size.
          max_pixels: the most pixels that the whole picture may have, see `limits.max_pixels`; by
            default twice Pillow's `Image.MAX_IMAGE_PIXELS`, as for pictures.
          region: x, y, width, height: returns only this part of the picture, and of a file in tiles
            reads only what that takes. `max_pixels` is then about the part.

        Raises:
          BitstreamError: the file is damaged, or for another model.
          ImageError: the picture is larger.
          UsageError: the bundle has no such decoder, the file no such scale or region.
        """
        if region is not None:
            require_whole(scale)
            with self.open_region(blob, realism, max_pixels, region) as part:
                return part.read(*regions.checked(region))
        if realism is not None:
            realism = arguments.finite("realism", realism)
        scale = arguments.whole("scale", scale)
        data = container.read_blob(blob)
        file = container.parse(data, scale, metadata=False).file
        limits.require(file.width, file.height, max_pixels)
        bundle = self.bundle
        self._require_model(file.model_id)
        if file.layers != self._coder.layers:
            raise BitstreamError(
                f"the file has {file.layers} layers, but those of {bundle.name} have "
                f"{self._coder.layers}: it was not made with this model"
            )
        if file.side and not isinstance(self._coder, HyperpriorCoder):
            raise BitstreamError(
                f"the file is in tiles, which {bundle.name} has not: it is of another model"
            )
        if file.side:  # the scale is 1: parsing found no other
            with self.open_region(data, realism, max_pixels) as whole:
                return whole.read(0, 0, file.width, file.height)
        pixels = self._coder.decode(file, bundle.realisms[-1] if realism is None else realism)
        # Last: metadata of a few kilobytes can take megabytes.
        icc, exif = header.read(io.BytesIO(data)).metadata()
        plane = None
        if file.alpha is not None:
            plane = alpha.unpack(file.alpha, file.width, file.height)
            plane = _smaller(plane, file.scale)
        picture = Picture(pixels, file.grey, plane, icc, exif)
        return to_image(picture)

    def open_region(
        self,
        blob: Blob,
        realism: float | None = None,
        max_pixels: int | None = None,
        region: Sequence[int] | None = None,
    ) -> regions.RegionReader:
        """Opens a ``.tgc`` file to read regions of its picture, or all of it in strips.

        Args:
          blob: the file, see `decompress`. A path, or a file that is open and can be moved in, is
            read where it is needed.
          realism: see `decompress`.
          max_pixels: the most pixels of the picture, see `decompress`; of a `region` if there is
            one.
          region: x, y, width, height, if this is all that will be read.

        Raises:
          BitstreamError, ImageError, UsageError: as `decompress`.
        """
        if realism is not None:
            realism = arguments.finite("realism", realism)
        if not isinstance(self.bundle, Bundle) or not isinstance(self._coder, HyperpriorCoder):
            raise UsageError(
                "regions can be read with models that have neither layers nor a context model"
            )
        with contextlib.ExitStack() as stack:
            source = Source(regions.open_blob(blob, stack))
            regions.require_size(source.head, region, max_pixels)
            self._require_model(source.head.model_id)
            realism = self.bundle.realisms[-1] if realism is None else realism
            return regions.RegionReader(Mosaic(self.bundle, source, realism), stack.pop_all())

    def _require_model(self, model_id: bytes) -> None:
        bundle = self.bundle
        if model_id != bundle.model_id:
            raise BitstreamError(
                f"the file was made with model {model_id.hex()}, but {bundle.name} is "
                f"{bundle.model_id.hex()}; give the model it was made with"
            )


def load(
    name_or_path: PathLike = DEFAULT_MODEL,
    threads: int = THREADS,
    sha256: str | None = None,
    decoder: str = INT8,
) -> Codec:
    """Returns the codec of a shipped model, by its name, or of a bundle, by its path.

    Load only bundles that you trust: their networks are run by native code. The hashes that are
    inside of a bundle say that nothing broke on the way, not who made it.

    Args:
      name_or_path: the model. Shipped names win over paths.
      threads: how many threads each network runs on, 1..256. Files and pictures do not depend on
        it.
      sha256: the one bundle that it must be: the SHA-256 of its manifest, which has the hashes of
        all its files, in hex. `tgc models` shows it.
      decoder: "int8" decodes in 8-bit integers where the bundle has such decoders: some four times
        as fast, and 0.05 dB further from the original. "float" gives up the speed.
    """
    arguments.within("threads", threads, 1, MAX_THREADS)
    if decoder not in (INT8, FLOAT):
        raise UsageError(f"decoder must be int8 or float, not {arguments.given(decoder)}")
    place = arguments.path("name_or_path", name_or_path)
    return Codec(load_bundle(place, threads, sha256, decoder, lean=True))


@_enough_memory()
def compress(
    picture: reading.Source,
    quality: int | None = None,
    bpp: float | None = None,
    nbytes: int | None = None,
    metadata: policy.Wanted = policy.BASIC,
    model: PathLike = DEFAULT_MODEL,
    refiner: Refiner | None = None,
    threads: int = THREADS,
    page: int | None = None,
    tiles: bool | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Does `Codec.compress` with the model that `load` finds; it stays loaded until its bundle
    changes."""
    codec = _find(model, threads)
    return codec.compress(picture, quality, bpp, nbytes, metadata, refiner, page, tiles, progress)


@_enough_memory()
def decompress(
    blob: Blob,
    realism: float | None = None,
    model: PathLike | None = None,
    scale: int = 1,
    threads: int = THREADS,
    max_pixels: int | None = None,
    region: Sequence[int] | None = None,
    decoder: str = INT8,
) -> Image.Image:
    """Does `Codec.decompress` with a model; by default with the shipped one that made the file.
    `decoder` is that of `load`."""
    if region is not None:
        require_whole(scale)
        with open_region(blob, realism, model, threads, max_pixels, region, decoder) as part:
            return part.read(*regions.checked(region))
    data, scale = container.read_blob(blob), arguments.whole("scale", scale)
    if model is None:
        file = container.parse(data, scale, metadata=False).file
        limits.require(file.width, file.height, max_pixels)
        model = shipped_model(file.model_id)
    return _find(model, threads, decoder).decompress(data, realism, scale, max_pixels)


def open_region(
    blob: Blob,
    realism: float | None = None,
    model: PathLike | None = None,
    threads: int = THREADS,
    max_pixels: int | None = None,
    region: Sequence[int] | None = None,
    decoder: str = INT8,
) -> regions.RegionReader:
    """Does `Codec.open_region` with a model; by default with the shipped one that made the file.
    `decoder` is that of `load`."""
    with contextlib.ExitStack() as stack:
        stream = regions.open_blob(blob, stack)
        if model is None:
            head = header.read(stream)
            regions.require_size(head, region, max_pixels)
            model = shipped_model(head.model_id)
            stream.seek(0)
        codec = _find(model, threads, decoder)
        reader = codec.open_region(stream, realism, max_pixels, region)
        reader.closes(stack.pop_all())
        return reader


def require_whole(scale: int) -> None:
    """Raises `UsageError` for a scale but 1, where that cannot be chosen."""
    if arguments.whole("scale", scale) != 1:
        raise UsageError("regions and pictures in tiles have no smaller scale; leave scale out")


def _tiled_file(job: Compression, wanted: request.Request) -> bytes:
    """Returns the file in tiles of a picture that is analysed."""
    if wanted.quality is not None:
        return job.file(wanted.quality)
    budget = wanted.budget(job.pixels) + (0 if wanted.strict else job.extra)
    return job.within(budget, wanted.strict)[1]


def _ignore(share: float) -> None:
    """Is the progress that nobody wants to know."""


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


def _find(model: PathLike, threads: int, decoder: str = INT8) -> Codec:
    """Returns the codec of a model, as `load` finds it, from the few that stay loaded."""
    place = arguments.path("model", model)
    threads = arguments.within("threads", threads, 1, MAX_THREADS)
    return _loaded(place, threads, decoder, stamp(place))


@functools.lru_cache(maxsize=4)
def _loaded(model: str, threads: int, decoder: str, stamp: bytes) -> Codec:
    """Returns the codec of a bundle, loaded anew when its stamp has changed."""
    del stamp
    return load(model, threads, decoder=decoder)


def _smaller(plane: Pixels, scale: int) -> Pixels:
    """Returns an alpha plane [h, w] shrunk `scale` times, a power of two."""
    plane = plane[..., None]
    while scale > 1:
        plane, scale = geometry.round_half_up(pyramid.halve(plane)).astype(np.uint8), scale // 2
    return plane[..., 0]
