"""What every way of coding pictures offers, and what it asks of an encoder's search."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

import numpy as np

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.errors import UsageError
from tfgan_codec.format import container
from tfgan_codec.format.geometry import Array, Floats, round_half_up
from tfgan_codec.format.payload import Symbols
from tfgan_codec.image_io import Pixels


class Search(NamedTuple):
    """What commands ask a `search.refiner.Refiner` for: its aim, and the number of its steps."""

    tune: str
    steps: int


def read_search(text: str) -> Search:
    """Reads `fidelity100` or `realism100`."""
    found = re.fullmatch("(fidelity|realism)([1-9][0-9]{0,5})", text)
    if not found:
        raise UsageError(
            f"a search is fidelity or realism and its number of steps, realism100, not {text!r}"
        )
    return Search(found[1], int(found[2]))


class Refiner(Protocol):
    """Finds better residuals for a picture than rounding gives, as `search.refiner.Refiner` does.

    Callers hand one in: it needs TensorFlow, which nothing on this side of the package imports.
    """

    def __call__(
        self,
        bundle: Bundle,
        rgb: Pixels,
        y: Floats,
        symbols: Symbols,
        quality: int,
        nbits: float,
    ) -> Symbols:
        """Returns symbols of the picture in about `nbits` bits, with z of `symbols`.

        Args:
          bundle: the model.
          rgb: the picture, uint8 [height, width, 3].
          y: its latents before the gain, [h, w, channels].
          symbols: `hyperprior.quantize` of these.
          quality: the level they were made at.
          nbits: the length of the whole stream.
        """


class Encoding(Protocol):
    """A picture on its way into a file."""

    def streams(self, quality: int) -> tuple[bytes, ...]:
        """What the file holds."""

    def nbytes(self, quality: int) -> float:
        """The length of the streams, to a few bytes."""

    def refined(self, quality: int, nbytes: int, refiner: Refiner) -> tuple[bytes, ...]:
        """Streams of about `nbytes`, with what a refiner finds.

        Raises:
          UsageError: there is nothing to refine in files of this model.
        """


class PictureCoder(Protocol):
    """Turns pictures into the streams of a file and back, with one model.

    Attributes:
      layers: how many streams a file has.
      qualities: how many levels there are.
    """

    layers: int
    qualities: int

    def encode(self, rgb: Pixels) -> Encoding:
        """Runs the analysis once, whatever the number of qualities that are asked for later."""

    def decode(self, file: container.TgcFile, realism: float) -> Pixels:
        """Returns the picture, cropped to its size at the file's scale."""


class OneEncoding(NamedTuple):
    """The encoding of a model with a single quality: its streams are made already."""

    made: tuple[bytes, ...]

    def streams(self, quality: int) -> tuple[bytes, ...]:
        return self.made

    def nbytes(self, quality: int) -> float:
        return sum(map(len, self.made))

    def refined(self, quality: int, nbytes: int, refiner: Refiner) -> tuple[bytes, ...]:
        raise UsageError("only the codec mobile has a search: leave it out for this model")


def cropped(pixels: Pixels, file: container.TgcFile) -> Pixels:
    """Cuts the padding off the decoded pixels of a file."""
    return np.ascontiguousarray(pixels[: file.height, : file.width])


def to_bytes(x: Array) -> Pixels:
    """Rounds and clips to pixel values, uint8."""
    return np.clip(round_half_up(x), 0, 255).astype(np.uint8)
