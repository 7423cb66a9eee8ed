"""Reads one array of an ``.npz`` file from bytes that anybody can have written.

NumPy's own reader evaluates headers as Python and makes any type, of any size. Here the header has
the one form that NumPy writes, the types are those of bundles, and nothing is made before its size
is known to be that of the data.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.errors import BundleError, shown

_MAGIC = b"\x93NUMPY"
_MAX_HEADER = 1000  # bytes; NumPy writes 118 for a few axes
_TYPES: dict[str, np.dtype[Any]] = {
    "|i1": np.dtype("i1"),
    "<i4": np.dtype("<i4"),
    "<f4": np.dtype("<f4"),
}
_HEADER = re.compile(
    rb"\{'descr': '(\|i1|<i4|<f4)', 'fortran_order': (True|False), "
    rb"'shape': \(((?:[0-9]{1,9}(?:, )?){0,4}),?\), \} *\n"
)


def parse(data: bytes, name: str) -> NDArray[Any]:
    """Returns the array in `data`: int8, int32 or float32 of at most four axes.

    name: what an error calls it.
    """
    if data[: len(_MAGIC)] != _MAGIC or len(data) < 12:
        raise BundleError(f"the array {shown(name)} is not in NumPy's format; export again")
    start = 10 if data[6] == 1 else 12  # after a length of two bytes, in later versions of four
    end = start + int.from_bytes(data[8:start], "little")
    found = _HEADER.fullmatch(data, start, end) if end - start <= _MAX_HEADER else None
    if end > len(data) or found is None:
        raise BundleError(
            f"the array {shown(name)} has no header of an int8, int32 or float32 array; "
            "export again"
        )
    kind = _TYPES[found[1].decode()]
    shape = tuple(int(size) for size in found[3].replace(b",", b" ").split())
    if math.prod(shape) * kind.itemsize != len(data) - end:
        raise BundleError(
            f"the array {shown(name)} holds {len(data) - end} bytes, which are not "
            f"{shown(shape)} elements; copy the bundle again"
        )
    elements = np.frombuffer(data, kind, offset=end).astype(kind.newbyteorder("="))
    if found[2] == b"True":  # columns lie together
        return np.ascontiguousarray(elements.reshape(shape[::-1]).transpose())
    return elements.reshape(shape)
