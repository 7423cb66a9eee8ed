"""What a coverage-guided fuzzer runs: seeds, how a changed input is made whole again, and its use.

A target is also run without the fuzzer, on its seeds and on the inputs that were found, which stand
in `tests/data/found/NAME`.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.fuzz import runner
from tfgan_codec.errors import TgcError

DATA = Path(__file__).resolve().parents[2] / "data"
FOUND = DATA / "found"


def _as_it_is(data: bytes) -> bytes:
    return data


class Target(NamedTuple):
    """Holds one target of the fuzzer.

    Attributes:
      seeds: good inputs to begin with.
      use: reads an input as users' programs would; may raise a `TgcError` and nothing else.
      repaired: returns an input whose checksums are right again after a change, so that what is
        behind them is reached.
    """

    seeds: list[bytes]
    use: Callable[[bytes], object]
    repaired: Callable[[bytes], bytes] = _as_it_is


class Misbehaved(Exception):  # noqa: N818
    """Says that an input was neither read nor refused as it should be."""


def run(target: Target, data: bytes) -> str:
    """Uses one input, and returns what came of it: "used" or "refused".

    Raises:
      Misbehaved: it took more than 2 s, or the refusal is no plain line.
      Exception: whatever else the input causes.
    """
    start, outcome = time.process_time(), "used"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # gains of 10^6 are more than floats bear
            target.use(data)
    except TgcError as error:
        outcome, (kind, odd) = "refused", runner.refusal(error)
        if odd:
            raise Misbehaved(kind) from error
    took = time.process_time() - start
    if took > runner.MOST_SECONDS:
        raise Misbehaved(f"it took {took:.1f} s")
    return outcome


def found(name: str) -> list[Path]:
    """Returns the inputs that once misbehaved, of the target of a name."""
    return sorted((FOUND / name).glob("*"))
