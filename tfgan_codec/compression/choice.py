"""Decides whether TensorFlow Compression runs, or the implementation of this project."""

from __future__ import annotations

import importlib.util
import os

from tfgan_codec.errors import UsageError

VARIABLE = "TFGAN_COMPRESSION"
TFC, OWN = "tfc", "own"


def choose() -> str:
    """Returns `TFC` or `OWN`: what the environment asks for, else TFC where it is installed."""
    asked = os.environ.get(VARIABLE, "")
    if asked not in ("", TFC, OWN):
        raise UsageError(f"{VARIABLE} is neither {TFC} nor {OWN}: set one of them, or nothing")
    if asked == OWN:
        return OWN
    if importlib.util.find_spec("tensorflow_compression"):
        return TFC
    if asked == TFC:
        raise UsageError(
            f"{VARIABLE}={TFC} asks for tensorflow-compression, which is not installed: "
            "install it (Python 3.9 to 3.11 can have it), or unset the variable"
        )
    return OWN
