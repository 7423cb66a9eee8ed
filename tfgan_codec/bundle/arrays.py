"""Reads and writes the named arrays of bundles, ``.npz`` files that anybody can have written."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.errors import BundleError, shown

Array = NDArray[Any]
Arrays = Mapping[str, Array]


def load_arrays(files: Mapping[str, bytes], name: str) -> dict[str, Array]:
    if name not in files:
        raise BundleError(f"{name} is missing from files of the manifest")
    with np.load(io.BytesIO(files[name]), allow_pickle=False) as arrays:
        return dict(arrays)


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
