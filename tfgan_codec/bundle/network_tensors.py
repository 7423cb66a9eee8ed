"""Reads the tensors of a ``.tflite`` file that anybody can have written, see `network_graph`."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.bundle.flatbuffer import Table, require_fields
from tfgan_codec.errors import BundleError

Shape = tuple[int, ...]

MOST = 4096  # tensors, buffers, operations, scales
_MAX_ELEMENTS = 1 << 28  # of a tensor at the stored shape
_MAX_AXES = 6
_TYPES: dict[int, tuple[str, str]] = {  # the schema's number: name, and as NumPy writes it
    0: ("float32", "<f4"),
    1: ("float16", "<f2"),
    2: ("int32", "<i4"),
    4: ("int64", "<i8"),
    7: ("int16", "<i2"),
    9: ("int8", "|i1"),
}


class Tensor(NamedTuple):
    """Holds what a file says of one tensor."""

    kind: str  # such as "float32"
    shape: Shape
    constant: NDArray[Any] | None  # its values, if the file has them
    scales: tuple[float, ...]  # of whole numbers that stand for others, one or one a channel


def tensor_of(table: Table, buffers: list[NDArray[np.uint8]]) -> Tensor:
    """Returns what a table says of a tensor, whose values may be in one of `buffers`."""
    require_fields([table], 9)
    table.string(3)
    number = table.scalar(1, "b")
    require(number in _TYPES, f"it has a tensor of type number {number}")
    kind, code = _TYPES[number]
    shape = tuple(table.numbers(0, "<i4", _MAX_AXES).tolist())
    require(all(size > 0 for size in shape), "a tensor has a side that is not positive")
    require(math.prod(shape) <= _MAX_ELEMENTS, "a tensor is too large")
    signature = tuple(table.numbers(7, "<i4", _MAX_AXES).tolist())
    require(
        not signature
        or (len(signature) == len(shape) and all(a in (-1, b) for a, b in zip(signature, shape))),
        "a tensor's two shapes differ",
    )
    require(not table.scalar(5, "b") and 6 not in table.fields, "a tensor is variable or sparse")
    buffer = table.scalar(2, "I")
    require(buffer < len(buffers), "a tensor's buffer is not there")
    data, constant = buffers[buffer], None
    if data.size:
        require(
            data.size == math.prod(shape) * np.dtype(code).itemsize,
            "a tensor's values do not fill its shape",
        )
        constant = np.frombuffer(data, code).reshape(shape)
        require(_finite(constant), "a tensor has values that are not finite")
    return Tensor(kind, shape, constant, _scales(table.table(4), kind, shape))


def _scales(table: Table | None, kind: str, shape: Shape) -> tuple[float, ...]:
    """Checks how whole numbers stand for others; returns the scales, none for plain numbers."""
    if table is None:
        return ()
    require_fields([table], 7)
    require(not table.fields.keys() & {4, 5}, "a tensor is quantised in an unknown way")
    for field in (0, 1):
        table.numbers(field, "<f4", MOST)
    scales, zeros = table.numbers(2, "<f4", MOST), table.numbers(3, "<i8", MOST)
    if not (scales.size or zeros.size):
        return ()
    axis = table.scalar(6, "i")
    require(0 <= axis < max(len(shape), 1), "a tensor is quantised along an axis it lacks")
    channels = shape[axis] if shape else 1
    require(scales.size == zeros.size and scales.size in (1, channels), "a scale is missing")
    require(bool(np.all((scales > 1e-20) & (scales < 1e20))), "a scale makes no sense")
    limit = {"int8": 128, "int16": 0}.get(kind, 0)
    require(bool(np.all(abs(zeros) <= limit)), "a zero point makes no sense")
    require(kind not in ("float32", "float16"), "a tensor of floats is quantised")
    return tuple(scales.tolist())


def require(holds: bool, problem: str) -> None:
    """Raises `BundleError` with the problem unless something holds."""
    if not holds:
        raise BundleError(problem)


def _finite(values: NDArray[Any]) -> bool:
    if values.dtype.kind != "f":
        return True
    if values.dtype.itemsize == 2:  # the exponent's bits: NumPy's own is slow for float16
        return not np.any((values.view("<u2") & 0x7C00) == 0x7C00)
    return bool(np.isfinite(values).all())
