"""Opens the sources of pictures that `--data` and `--validation` name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from tfgan_codec.data.files import FileSource, listed_files, picture_files
from tfgan_codec.data.from_tfds import TfdsSource
from tfgan_codec.errors import UsageError

_TFDS = "tfds:"


class Source(Protocol):
    """Gives pictures by number, from 0."""

    def __len__(self) -> int: ...

    def name(self, number: int) -> str:
        """Returns a name by which a person finds the picture."""

    def read(self, number: int) -> np.ndarray:
        """Returns a picture, uint8 [height, width, 3]; raises `ImageError` if it is broken."""

    def inventory(self) -> Iterator[tuple[str, int]]:
        """Yields each picture's name, free of this machine's folders, and its size in bytes."""


class Weighted(NamedTuple):
    """Holds a source and its weight beside other sources."""

    source: Source
    weight: float | None  # draws in proportion to this; None: to its number of pictures


def open_source(text: str) -> Weighted:
    """Opens the source that a text `PLACE` or `PLACE*WEIGHT` names.

    PLACE is a folder tree of pictures, a text file with the path of one picture in each line
    (relative to that file), or `tfds:NAME/CONFIG@SPLIT`, the split being `train` by default.
    """
    place, weight = _split_weight(text)
    if place.startswith(_TFDS):
        name, _, split = place[len(_TFDS) :].partition("@")
        return Weighted(TfdsSource(name, split or "train"), weight)
    path = Path(place)
    if path.is_dir():
        return Weighted(FileSource(picture_files(path), path), weight)
    if path.is_file():
        return Weighted(FileSource(listed_files(path), path.parent), weight)
    raise UsageError(
        f"no pictures at {place}: give a folder, a text file that lists pictures, or tfds:NAME"
    )


def _split_weight(text: str) -> tuple[str, float | None]:
    place, star, number = text.rpartition("*")
    if not star or Path(text).exists():
        return text, None
    try:
        weight = float(number)
    except ValueError:
        weight = 0.0
    if not 0.0 < weight < float("inf"):
        raise UsageError(f"cannot read the weight in {text!r}: write PLACE*2, say")
    return place, weight
