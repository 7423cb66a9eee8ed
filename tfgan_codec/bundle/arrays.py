"""Reads and writes the named arrays of bundles, ``.npz`` files that anybody can have written."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.bundle import npy
from tfgan_codec.bundle.archives import Archive
from tfgan_codec.errors import BundleError, shown

Array = NDArray[Any]
Arrays = Mapping[str, Array]

# Of all arrays of one file: 20 times those of the largest published codec here.
MAX_BYTES = 1 << 25
_NAME = re.compile("[a-z0-9_]{1,40}")


def load_arrays(files: Mapping[str, bytes], name: str) -> dict[str, Array]:
    """Returns all arrays of the ``.npz`` file `name`, by their names; raises `BundleError`."""
    if name not in files:
        raise BundleError(f"{name} is missing from files of the manifest")
    archive = Archive(io.BytesIO(files[name]), len(files[name]), MAX_BYTES)
    arrays = {}
    for member in archive.names:
        array = member.removesuffix(".npy")
        if not _NAME.fullmatch(array):
            raise BundleError(f"{name} holds an array called {shown(array)!r}; export again")
        arrays[array] = npy.parse(archive.read(member), array)
    return arrays


def require_known(arrays: Arrays, known: Collection[str]) -> None:
    """Raises `BundleError` if there is an array that nobody reads."""
    for name in arrays.keys() - known:
        raise BundleError(f"the array {name} is not known; export the bundle again")


def save_arrays(arrays: Arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def checked_array(arrays: Arrays, name: str, axes: int, *types: type[np.generic]) -> Array:
    """Returns the array `name`, if it has `axes` axes and one of the types in this machine's byte
    order; raises `BundleError` otherwise."""
    array = arrays.get(name)
    if array is None or array.ndim != axes or array.dtype not in types:
        found = "missing" if array is None else shown(f"{array.dtype} {array.shape}")
        wanted = " or ".join(each.__name__ for each in types)
        raise BundleError(
            f"the array {name} is {found}, expected {wanted} of {axes} axes; export again"
        )
    return array
