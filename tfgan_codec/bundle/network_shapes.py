"""Says what shape all other operations of a network give, and what they must be like.

Each function returns the shape of the result of an operation of its kind, or raises `BundleError`.
"""

from __future__ import annotations

import numpy as np

from tfgan_codec.bundle.network_step import PLAIN, Step
from tfgan_codec.bundle.network_tensors import Shape, Tensor
from tfgan_codec.errors import BundleError

_MAX_BLOCK = 64
_MAX_PADDING = 1024


def unary(step: Step) -> Shape:
    (x,) = step.operands(1)
    step.alike(x)
    return x.shape


def binary(step: Step) -> Shape:
    a, b = step.operands(2)
    step.alike(a, b)
    step.activation(0)
    if step.output.kind != "float32":
        _check_scales(step, a, b)
    try:
        return np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        raise BundleError(f"{step.operation.name} joins {a.shape} and {b.shape}") from None


def _check_scales(step: Step, *operands: Tensor) -> None:
    """Keeps the scales of whole numbers where LiteRT's multipliers are below 1, or it ends."""
    largest = max(scale for tensor in operands for scale in tensor.scales)
    step.require(2 * largest < 2.0**15 * min(step.output.scales), "has scales that do not fit")


def cast(step: Step) -> Shape:
    (x,) = step.operands(1)
    before: tuple[str, ...] = ("float16", "int8", "int16")
    after: tuple[str, ...] = ("float32",)
    if step.operation.name == "QUANTIZE":
        before, after = PLAIN, ("int8", "int16")
    step.require(x.kind in before and step.output.kind in after, f"of {x.kind}")
    step.require(len(x.scales) <= 1 or x.constant is not None, "of several scales")
    return x.shape


def concatenation(step: Step) -> Shape:
    operands = step.operands(*range(1, 65))
    step.alike(*operands)
    step.activation(1)
    shapes = [list(tensor.shape) for tensor in operands]
    axis = step.number(0)
    step.require(-len(shapes[0]) <= axis < len(shapes[0]), "has an axis that is not there")
    step.require(len({len(shape) for shape in shapes}) == 1, "joins arrays of different axes")
    total = sum(shape[axis] for shape in shapes)
    for shape in shapes:
        shape[axis] = total
    step.require(all(shape == shapes[0] for shape in shapes), "joins arrays that do not fit")
    return tuple(shapes[0])


def depth_to_space(step: Step) -> Shape:
    (x,) = step.operands(1)
    step.alike(x)
    block = step.number(0)
    step.require(len(x.shape) == 4 and 2 <= block <= _MAX_BLOCK, "has an odd block")
    step.require(x.shape[3] % block**2 == 0, "has channels that are no blocks")
    n, height, width, channels = x.shape
    return n, height * block, width * block, channels // block**2


def reduction(step: Step) -> Shape:
    x, axes = step.operands(2)
    step.alike(x)
    named = step.values(axes, 1)
    rank = len(x.shape)
    step.require(all(-rank <= axis < rank for axis in named), "has an axis that is not there")
    over = {axis % rank for axis in named}
    step.require(len(over) == len(named) > 0, "names an axis twice, or none")
    keep = bool(step.number(0, "b"))
    sizes = [(1 if axis in over else size) for axis, size in enumerate(x.shape)]
    return tuple(size for axis, size in enumerate(sizes) if keep or axis not in over)


def pad(step: Step) -> Shape:
    x, paddings = step.operands(2)
    step.alike(x)
    amounts = step.values(paddings, 2)
    step.require(paddings.shape == (len(x.shape), 2), "has paddings for other axes")
    step.require(all(0 <= amount <= _MAX_PADDING for amount in amounts), "has odd paddings")
    sides = zip(x.shape, amounts[::2], amounts[1::2])
    return tuple(size + before + after for size, before, after in sides)


def reshape(step: Step) -> Shape:
    x, shape = step.operands(2)
    step.alike(x)
    step.require(step.operation.options is None, "has its shape twice")
    wanted = step.values(shape, 1)
    step.require(wanted.count(-1) <= 1 and all(s > 0 or s == -1 for s in wanted), "is of no shape")
    known, total = int(np.prod([s for s in wanted if s > 0], dtype=object)), int(np.prod(x.shape))
    step.require(total % known == 0 and (-1 in wanted or known == total), "does not fit")
    return tuple(total // known if size == -1 else size for size in wanted)
