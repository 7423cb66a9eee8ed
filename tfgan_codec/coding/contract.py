"""What every way of coding pictures offers, and what an encoder's search is asked for."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

import numpy as np

from tfgan_codec.errors import UsageError
from tfgan_codec.format import container
from tfgan_codec.format.geometry import Array, round_half_up
from tfgan_codec.image_io import Pixels


class Search(NamedTuple):
    """What an encoder does beyond rounding (`search.refiner`): so many steps, for what.

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

    def decode(self, file: container.File, realism: float) -> Pixels:
        """Returns the picture, cropped to its size at the file's scale."""


class OneEncoding(NamedTuple):
    """The encoding of a model with a single quality: its streams are made already."""

    made: tuple[bytes, ...]

    def streams(self, quality: int) -> tuple[bytes, ...]:
        return self.made

    def nbytes(self, quality: int) -> float:
        return sum(map(len, self.made))

    def refined(self, quality: int, nbytes: int, search: Search) -> tuple[bytes, ...]:
        raise UsageError("only the codec mobile has a search: leave it out for this model")


def cropped(pixels: Pixels, file: container.File) -> Pixels:
    """Cuts the padding off the decoded pixels of a file."""
    return np.ascontiguousarray(pixels[: file.height, : file.width])


def to_bytes(x: Array) -> Pixels:
    """Rounds and clips to pixel values, uint8."""
    return np.clip(round_half_up(x), 0, 255).astype(np.uint8)
