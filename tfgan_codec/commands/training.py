"""Imports what commands of the portable codec use of the training library, if asked to."""

from __future__ import annotations

import importlib
from typing import Any

from tfgan_codec.bundle.model import BundlePart
from tfgan_codec.coding.contract import Refiner, read_search
from tfgan_codec.errors import UsageError


def module(name: str, flag: str) -> Any:
    """Imports a module for a flag that needs TensorFlow.

    That takes seconds where TensorFlow is there at all, so it is done when it is needed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        message = f"{flag} needs {error.name}: pip install tfgan_codec[train]"
        raise UsageError(message) from None


def refiner(search: str, weights: str | None = None) -> Refiner:
    """Makes what `--search` asks for, such as realism100, with LPIPS of the folder `weights`."""
    asked = read_search(search)
    made: Refiner = module("tfgan_codec.search.refiner", "a search").Refiner(*asked, weights)
    return made


def random_decoder(name: str) -> BundlePart:
    """Makes the full-size decoder of the codec `name` with random weights."""
    decoders = module("tfgan_codec.deploy.decoders", f"random:{name}")
    made: BundlePart = decoders.random_decoder(name)
    return made
