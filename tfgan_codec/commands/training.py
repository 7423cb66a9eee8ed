"""Imports what commands of the portable codec use of the training library, if asked to."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

from tfgan_codec import cli
from tfgan_codec.bundle.model import Bundle, BundlePart
from tfgan_codec.coding.contract import Refiner, read_search
from tfgan_codec.errors import UsageError
from tfgan_codec.format.geometry import Floats
from tfgan_codec.format.payload import Symbols
from tfgan_codec.metrics import weights as metric_weights
from tfgan_codec.pictures.picture import Pixels

# The metrics' weights that a search needs.
_WEIGHTS = {"fast": ("lpips_alex", "lpips_vgg"), "realism": ("lpips_alex",)}


def module(name: str, flag: str) -> Any:
    """Imports a module for a flag that needs TensorFlow.

    That takes seconds where TensorFlow is there at all, so it is done when it is needed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise UsageError(cli.missing(flag, error.name)) from None


def refiner(
    search: str, weights: str | None = None, progress: Callable[[float], None] | None = None
) -> Refiner:
    """Makes what `--search` asks for, such as fast; it imports TensorFlow for its first
    picture, and what is missing for it is told at once.

    Args:
      search: see `read_search`.
      weights: folder of LPIPS' weights; by default `metrics.weights` finds it.
      progress: called with the share of a picture's search that is done.
    """
    asked = read_search(search)
    if importlib.util.find_spec("tensorflow") is None:
        raise UsageError(cli.missing("a search", "tensorflow"))
    for name in _WEIGHTS.get(asked.tune, ()):
        metric_weights.find(name, weights)

    @functools.cache
    def made() -> Refiner:
        found: Any = module("tfgan_codec.search.refiner", "a search")
        ready: Refiner = found.Refiner(*asked, weights, progress)
        return ready

    def refine(
        bundle: Bundle, rgb: Pixels, y: Floats, symbols: Symbols, quality: int, nbits: float
    ) -> Symbols:
        if progress:
            progress(0.0)
        return made()(bundle, rgb, y, symbols, quality, nbits)

    return refine


def random_decoder(name: str) -> BundlePart:
    """Makes the full-size decoder of the codec `name` with random weights."""
    decoders = module("tfgan_codec.deploy.decoders", f"random:{name}")
    made: BundlePart = decoders.random_decoder(name)
    return made
