"""Holds all pictures of a run: gives them by number, caches them, leaves broken ones out."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tfgan_codec.data.sources import Source, open_source
from tfgan_codec.errors import ImageError, UsageError

CACHE_MB = 2048.0
# Crops are cut from pictures shrunk by up to this factor, as far as their size allows: shrinking
# hides the traces of the JPEG compression most training pictures have been through.
SMALLEST_SCALE = 0.5
# The share of broken pictures above which something is wrong with the data as a whole.
MOST_BROKEN = 0.05
# Draws in a round. A source's weight decides how many of them it gets; their order is random.
_ROUND = 1000


class Inventory(NamedTuple):
    """Holds what identifies the data of a run."""

    pictures: int
    bytes: int
    sha256: str  # of all names and sizes, not of pixels


class Pool:
    """Holds the pictures of one or several sources and draws from them.

    Picture number n is a function of (seed, n). Within a source, all pictures come once in random
    order, then again in another. A broken picture is replaced by the next one that is not.

    Args:
      data: one or several texts for `sources.open_source`; either all have weights, or none, and
        then all pictures are equally likely.
      cache_mb: memory for decoded pictures in MiB; those beyond are decoded anew each time.
    """

    def __init__(self, data: str | Sequence[str], cache_mb: float = CACHE_MB):
        found = [open_source(text) for text in ([data] if isinstance(data, str) else data)]
        if not found:
            raise UsageError("no data: name a folder of pictures")
        self._sources: list[Source] = [each.source for each in found]
        self._round = _shares([each.weight for each in found], [len(s) for s in self._sources])
        self._room = cache_mb * 2**20
        self._kept: dict[tuple[int, int], np.ndarray] = {}
        self._broken_list: Path | None = None
        self.broken: set[str] = set()
        self.problem: UsageError | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return sum(len(source) for source in self._sources)

    def list_broken(self, file: Path) -> None:
        """Keeps a list of broken pictures in a file, one to a line; those in it already count."""
        self._broken_list = file
        if file.is_file():
            self.broken.update(file.read_text().splitlines())
        self._write_broken()

    def draw(self, seed: int, number: int) -> np.ndarray:
        """Returns picture `number` of the endless sequence of `seed`, uint8 [height, width, 3]."""
        which, place = self._source_of(seed, number)
        count = len(self._sources[which])
        epoch, place = divmod(place, count)
        return self._sound(which, int(_order(seed, which, epoch, count)[place]))

    def first(self, count: int) -> list[np.ndarray]:
        """Returns up to `count` pictures of the first source, spread evenly over it."""
        length = len(self._sources[0])
        count = min(count, length)
        return [self._sound(0, number * length // count) for number in range(count)]

    def inventory(self) -> Inventory:
        lines = [line for source in self._sources for line in source.inventory()]
        text = "".join(f"{name}\0{size}\n" for name, size in lines)
        size = sum(size for _, size in lines)
        return Inventory(len(self), size, hashlib.sha256(text.encode()).hexdigest())

    def _source_of(self, seed: int, number: int) -> tuple[int, int]:
        """Returns the source of a draw and how many pictures were drawn from it before."""
        if len(self._sources) == 1:
            return 0, number
        turn, place = divmod(number, len(self._round))
        order = _shuffled_round(seed, turn, self._round)
        which = order[place]
        return which, turn * self._round.count(which) + order[:place].count(which)

    def _sound(self, which: int, number: int) -> np.ndarray:
        """Returns picture `number` of source `which`, or the next one that is not broken."""
        source = self._sources[which]
        for step in range(len(source)):
            key = which, (number + step) % len(source)
            if key in self._kept:
                return self._kept[key]
            try:
                picture = source.read(key[1])
            except ImageError:
                self._note_broken(source.name(key[1]))
                continue
            with self._lock:
                if key not in self._kept and picture.nbytes <= self._room:
                    self._kept[key] = picture
                    self._room -= picture.nbytes
            return picture
        raise self.problem or UsageError("every picture is broken: give other --data")

    def _note_broken(self, name: str) -> None:
        """Lists a broken picture; raises `UsageError` once more than `MOST_BROKEN` are broken."""
        with self._lock:
            if name not in self.broken:
                self.broken.add(name)
                self._write_broken()
            if len(self.broken) > MOST_BROKEN * len(self):
                listed = f", listed in {self._broken_list}" if self._broken_list else ""
                self.problem = UsageError(
                    f"{len(self.broken)} of {len(self)} pictures are broken{listed}; the first: "
                    f"{min(self.broken)}: remove them, or give other --data"
                )
                raise self.problem

    def _write_broken(self) -> None:
        if self._broken_list is not None and self.broken:
            self._broken_list.write_text("".join(f"{name}\n" for name in sorted(self.broken)))


def _shares(weights: Sequence[float | None], counts: Sequence[int]) -> tuple[int, ...]:
    """Returns the source of each draw of a round, unshuffled: in proportion to the weights, but at
    least one draw each."""
    given = [weight for weight in weights if weight is not None]
    if given and len(given) < len(weights):
        raise UsageError("give all --data a weight (PLACE*2), or none")
    wanted = np.array(given or counts, np.float64)
    draws = np.maximum(1, np.round(wanted / wanted.sum() * _ROUND)).astype(int)
    return tuple(int(which) for which in np.repeat(np.arange(len(draws)), draws))


# Cached because threads ask for the same few orders again and again, and shuffling is slow.
@functools.lru_cache(maxsize=8)
def _order(seed: int, which: int, epoch: int, count: int) -> np.ndarray:
    """Returns the random order of a source's `count` pictures in an epoch, [count]."""
    key = (seed, 0, epoch) if which == 0 else (seed, 0, epoch, which)
    return np.random.default_rng(key).permutation(count)


@functools.lru_cache(maxsize=8)
def _shuffled_round(seed: int, turn: int, draws: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(w) for w in np.random.default_rng((seed, 2, turn)).permutation(draws))
