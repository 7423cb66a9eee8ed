"""Pixels to streams and back, for each kind of bundle."""

from __future__ import annotations

import functools
import importlib
import re
from typing import Callable, NamedTuple, Protocol

import numpy as np

from tfgan_codec import container, context_latents, latents, pyramid
from tfgan_codec.bundle import QUALITIES, STRIDE, Bundle
from tfgan_codec.errors import UsageError
from tfgan_codec.image_io import Pixels
from tfgan_codec.layered_bundle import LayeredBundle


class Search(NamedTuple):
    """What an encoder does beyond rounding (`models.refine`): so many steps, for what.

    weights: folder of LPIPS' weights, for "realism"; None: `metrics.weights` finds it.
    """

    tune: str
    steps: int
    weights: str | None = None


def read_search(text: str) -> Search:
    """What `fidelity100` or `realism100` asks for."""
    found = re.fullmatch("(fidelity|realism)([1-9][0-9]{0,5})", text)
    if not found:
        raise UsageError(
            f"a search is fidelity or realism and its number of steps, realism100, not {text!r}"
        )
    return Search(found[1], int(found[2]))


class Encoding(Protocol):
    """A picture on its way into a file."""

    def streams(self, quality: int) -> tuple[bytes, ...]:
        """What the file holds."""

    def nbytes(self, quality: int) -> float:
        """The length of the streams, to a few bytes."""

    def refined(self, quality: int, nbytes: int, search: Search) -> tuple[bytes, ...]:
        """Streams of about `nbytes` by a search.

        Raises:
          UsageError: there is no search for this model, or here.
        """


class Coder(Protocol):
    """What a codec does with pixels.

    Attributes:
      layers: how many streams a file has.
      qualities: how many levels there are.
    """

    layers: int
    qualities: int

    def encode(self, rgb: Pixels) -> Encoding: ...

    def decode(self, file: container.File, realism: float) -> Pixels:
        """The picture, cropped to its size at the file's scale."""


def coder_of(bundle: Bundle | LayeredBundle) -> Coder:
    """The coder for a bundle."""
    if isinstance(bundle, LayeredBundle):
        return LayeredCoder(bundle)
    return SingleCoder(bundle) if bundle.context is None else ContextCoder(bundle)


class SingleCoder:
    """One stream, with a hyperprior (`latents`)."""

    layers = 1
    qualities = QUALITIES

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def encode(self, rgb: Pixels) -> Encoding:
        return _SingleEncoding(self._bundle, rgb)

    def decode(self, file: container.File, realism: float) -> Pixels:
        synthesis = self._bundle.network("synthesis", realism)
        coding = latents.read_symbols(self._bundle, file)
        y = latents.dequantize(self._bundle, coding, file.quality)
        return _cropped(synthesis(y, finish=_to_bytes), file.height, file.width)


class _SingleEncoding:
    """Analysis runs once, whatever the number of qualities."""

    def __init__(self, bundle: Bundle, rgb: Pixels) -> None:
        self._bundle, self._rgb = bundle, rgb
        self._tables = bundle.z_tables, bundle.y_tables
        self._y = bundle.network("analysis")(latents.pad_edges(rgb, STRIDE))
        self._coding = functools.lru_cache(maxsize=3)(self._quantize)

    def streams(self, quality: int) -> tuple[bytes, ...]:
        return (latents.encode_symbols(self._coding(quality), *self._tables),)

    def nbytes(self, quality: int) -> float:
        return latents.estimate_bits(self._coding(quality), *self._tables) / 8

    def refined(self, quality: int, nbytes: int, search: Search) -> tuple[bytes, ...]:
        coding = self._coding(quality)
        refiner = _refiner(self._bundle, search.tune, search.weights)
        found = refiner(self._rgb, self._y, coding, quality, 8.0 * nbytes, search.steps)
        return (latents.encode_symbols(found, *self._tables),)

    def _quantize(self, quality: int) -> latents.Coding:
        return latents.quantize(self._bundle, self._y, quality)


class ContextCoder:
    """One stream, with a context model (`context_latents`), at one quality."""

    layers = qualities = 1

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def encode(self, rgb: Pixels) -> Encoding:
        y = self._bundle.network("analysis")(latents.pad_edges(rgb, STRIDE))
        coding = context_latents.quantize(self._bundle, y)
        return _Encoded((context_latents.encode_symbols(self._bundle, coding),))

    def decode(self, file: container.File, realism: float) -> Pixels:
        synthesis = self._bundle.network("synthesis", realism)
        coding = context_latents.read_symbols(self._bundle, file)
        y = context_latents.dequantize(self._bundle, coding)
        return _cropped(synthesis(y, finish=_to_bytes), file.height, file.width)


class LayeredCoder:
    """A stream for each size of the picture (`pyramid`), at one quality."""

    qualities = 1

    def __init__(self, bundle: LayeredBundle) -> None:
        self._bundle = bundle
        self.layers = len(bundle.layers)

    def encode(self, rgb: Pixels) -> Encoding:
        # The most faithful decoder predicts the larger sizes best.
        layers = self._layers(self._bundle.realisms[0])
        return _Encoded(pyramid.encode(rgb, layers))

    def decode(self, file: container.File, realism: float) -> Pixels:
        layers = self._layers(realism)
        return _to_bytes(pyramid.decode(file.streams, layers, file.height, file.width))

    def _layers(self, realism: float) -> list[_Layer]:
        return [_Layer(bundle, realism) for bundle in self._bundle.layers]


class _Encoded(NamedTuple):
    """Streams of the only quality there is."""

    made: tuple[bytes, ...]

    def streams(self, quality: int) -> tuple[bytes, ...]:
        return self.made

    def nbytes(self, quality: int) -> float:
        return sum(map(len, self.made))

    def refined(self, quality: int, nbytes: int, search: Search) -> tuple[bytes, ...]:
        raise UsageError("only the codec mobile has a search: leave it out for this model")


class _Layer(NamedTuple):
    """A bundle as a layer of `pyramid`."""

    bundle: Bundle
    realism: float

    def encode(self, x: latents.Floats) -> bytes:
        coding = latents.quantize(self.bundle, self.bundle.network("analysis")(x), 0)
        return latents.encode_symbols(coding, self.bundle.z_tables, self.bundle.y_tables)

    def decode(self, data: bytes, height: int, width: int) -> latents.Floats:
        synthesis = self.bundle.network("synthesis", self.realism)
        coding = latents.decode_symbols(
            data,
            height // STRIDE,
            width // STRIDE,
            self.bundle.z_tables,
            self.bundle.y_tables,
            self.bundle.scale_decoder,
        )
        decoded: latents.Floats = synthesis(latents.dequantize(self.bundle, coding, 0))
        return decoded


@functools.lru_cache(maxsize=1)
def _refiner(bundle: Bundle, tune: str, weights: str | None) -> Callable[..., latents.Coding]:
    """A `models.refine.Refiner`. Encoding needs no TensorFlow but for this."""
    try:
        refine = importlib.import_module("tfgan_codec.models.refine")
    except ModuleNotFoundError as error:
        message = f"a search needs {error.name}: pip install tfgan_codec[train]"
        raise UsageError(message) from None
    refiner: Callable[..., latents.Coding] = refine.Refiner(bundle, tune, weights)
    return refiner


def _cropped(pixels: Pixels, height: int, width: int) -> Pixels:
    return np.ascontiguousarray(pixels[:height, :width])


def _to_bytes(x: latents.Array) -> Pixels:
    """Rounds to pixel values."""
    return np.clip(latents.round_half_up(x), 0, 255).astype(np.uint8)
