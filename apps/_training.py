"""What commands of the portable codec use of the training library, if they are asked to."""

from __future__ import annotations

import importlib
from typing import Any

from tfgan_codec.coding.contract import Refiner, read_search
from tfgan_codec.errors import UsageError


def module(name: str, flag: str) -> Any:
    """Imports a module of `tfgan_codec` for a flag that needs TensorFlow.

    That takes seconds where TensorFlow is there at all, so it is done when it is needed.
    """
    try:
        return importlib.import_module(f"tfgan_codec.{name}")
    except ModuleNotFoundError as error:
        message = f"{flag} needs {error.name}: pip install tfgan_codec[train]"
        raise UsageError(message) from None


def refiner(search: str, weights: str | None = None) -> Refiner:
    """Makes what `--search` asks for, such as realism100, with LPIPS of the folder `weights`."""
    asked = read_search(search)
    made: Refiner = module("search.refiner", "a search").Refiner(*asked, weights)
    return made
