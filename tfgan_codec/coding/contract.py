"""Says what every way of coding pictures offers, and what it asks of an encoder's search."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

import numpy as np

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.errors import BundleError, UsageError
from tfgan_codec.format import container
from tfgan_codec.format.geometry import Array, Floats, round_half_up
from tfgan_codec.format.payload import Symbols
from tfgan_codec.pictures.picture import Pixels

# What an encoder can search for, and in how many steps it does by default.
DEFAULT_STEPS = {"fast": 24, "fidelity": 100, "realism": 100}


class Search(NamedTuple):
    """Holds what the commands' --search asks of a `search.refiner.Refiner`."""

    tune: str  # a key of `DEFAULT_STEPS`
    steps: int  # of gradient descent


def read_search(text: str) -> Search:
    """Reads a search from a text such as `fast` or `realism100`; else `UsageError`."""
    found = re.fullmatch(f"({'|'.join(DEFAULT_STEPS)})([1-9][0-9]{{0,5}})?", text)
    if not found:
        raise UsageError(
            f"a search is fast, fidelity or realism, perhaps with a number of steps such as "
            f"realism100, not {text!r}"
        )
    return Search(found[1], int(found[2] or DEFAULT_STEPS[found[1]]))


class Refiner(Protocol):
    """Finds better residuals for a picture than rounding gives, as `search.refiner.Refiner` does.

    Callers hand one in: it needs TensorFlow, which the portable part of the package never imports.
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
          symbols: what `hyperprior.quantize` makes of these latents.
          quality: the quality level they were made at, 0..255.
          nbits: the wanted length of the whole stream, in bits.
        """


class Encoding(Protocol):
    """Holds an analysed picture, of which files of any quality can be made."""

    def streams(self, quality: int) -> tuple[bytes, ...]:
        """Returns the streams that a file of this quality holds."""

    def nbytes(self, quality: int) -> float:
        """Estimates the length of all these streams in bytes, right to a few bytes."""

    def refined(self, quality: int, nbytes: int, refiner: Refiner) -> tuple[bytes, ...]:
        """Returns streams of about `nbytes` bytes, with the residuals that `refiner` finds.

        Raises:
          UsageError: there is nothing to refine in files of this model.
        """


class PictureCoder(Protocol):
    """Turns pictures into the streams of a file and back, with one model.

    Attributes:
      layers: how many streams a file has.
      qualities: how many quality levels there are, from 0.
    """

    layers: int
    qualities: int

    def encode(self, rgb: Pixels) -> Encoding:
        """Runs the analysis network on a picture, uint8 [height, width, 3]; it is not run again
        when several qualities are asked for later."""

    def decode(self, file: container.TgcFile, realism: float) -> Pixels:
        """Returns the picture, uint8, cropped to its size at the file's scale."""


class OneEncoding(NamedTuple):
    """Is the `Encoding` of a model with a single quality: its streams are made already."""

    made: tuple[bytes, ...]

    def streams(self, quality: int) -> tuple[bytes, ...]:
        return self.made

    def nbytes(self, quality: int) -> float:
        return sum(map(len, self.made))

    def refined(self, quality: int, nbytes: int, refiner: Refiner) -> tuple[bytes, ...]:
        raise UsageError("only the codec mobile has a search: leave it out for this model")


def cropped(pixels: Pixels, file: container.TgcFile) -> Pixels:
    """Cuts the padding, below and to the right, off the decoded pixels of a file."""
    return np.ascontiguousarray(pixels[: file.height, : file.width])


def to_bytes(x: Array) -> Pixels:
    """Rounds and clips numbers to pixel values 0..255, uint8 of the same shape; `BundleError` where
    they are no numbers, as only networks and gains can make them."""
    rounded = round_half_up(x)
    if np.isnan(rounded.min(initial=0)):  # a minimum passes NaN on
        raise BundleError("the decoder of the model gives pixels that are no numbers; use another")
    return np.clip(rounded, 0, 255, out=rounded).astype(np.uint8)
