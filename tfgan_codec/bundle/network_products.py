"""Says what shape the sums of products of a network give, and what they must be like.

They are most of what a network costs, and where LiteRT trusts numbers most: kernels are packed anew
before anything runs. Each function returns the shape of its operation's result, or raises
`BundleError`.
"""

from __future__ import annotations

from tfgan_codec.bundle.network_step import Step
from tfgan_codec.bundle.network_tensors import Shape, Tensor
from tfgan_codec.errors import BundleError

MAX_STRIDE = 64
# From a sum of products in whole numbers to the result. A greater factor, which LiteRT ends at,
# means a result that is all but always 0.
MAX_FACTOR = 256
_SAME = 0  # as the schema numbers paddings
# The types of operands and result that LiteRT computes a product with.
_PRODUCTS = {
    ("float32", "float32", "float32", "float32"),
    ("float32", "int8", "float32", "float32"),
    ("int8", "int8", "int32", "int8"),
    ("int16", "int8", "int64", "int16"),
    ("int16", "int8", "int32", "int16"),
}


def convolution(step: Step) -> Shape:
    x, kernel, bias = step.operands(3)
    _check_product(step, x, kernel, bias)
    step.require(len(x.shape) == len(kernel.shape) == 4, "is not of pictures")
    step.require(kernel.shape[3] == x.shape[3], "has a kernel for other channels")
    step.activation(3)
    return x.shape[0], *_sides(step, x, kernel, ((2, 5), (1, 4))), kernel.shape[0]


def depthwise(step: Step) -> Shape:
    x, kernel, bias = step.operands(3)
    step.require(len(x.shape) == len(kernel.shape) == 4, "is not of pictures")
    _check_product(step, x, kernel, bias, axis=3)
    step.require(kernel.shape[0] == 1 and step.number(3) > 0, "has several kernels for a channel")
    step.require(kernel.shape[3] == x.shape[3] * step.number(3), "has a kernel for other channels")
    step.activation(4)
    return x.shape[0], *_sides(step, x, kernel, ((2, 6), (1, 5))), kernel.shape[3]


def _sides(
    step: Step, x: Tensor, kernel: Tensor, options: tuple[tuple[int, int], tuple[int, int]]
) -> tuple[int, int]:
    """Returns height and width of a convolution's result; `options` has the numbers of the fields
    of stride and dilation, for the height and for the width."""
    padding = step.number(0, "b")
    sizes = []
    for axis, (stride_field, dilation_field) in enumerate(options, 1):
        stride, dilation = step.number(stride_field), step.number(dilation_field, default=1)
        step.require(0 < stride <= MAX_STRIDE and 0 < dilation <= MAX_STRIDE, "has odd strides")
        reach = 0 if padding == _SAME else dilation * (kernel.shape[axis] - 1)
        sizes.append(-(-(x.shape[axis] - reach) // stride))
    step.require(padding in (0, 1), "has an unknown padding")
    step.require(min(sizes) > 0, "gives nothing")
    return sizes[0], sizes[1]


def transposed(step: Step) -> Shape:
    size, kernel, x, *rest = step.operands(3, 4)
    shape = step.values(size, 1)
    step.require(len(shape) == len(x.shape) == len(kernel.shape) == 4, "is not of pictures")
    bias = rest[0] if rest else None
    _check_product(step, x, kernel, bias)
    padding, strides = step.number(0, "b"), (step.number(2), step.number(1))
    step.activation(3)
    step.require(padding in (0, 1) and kernel.shape[3] == x.shape[3], "does not fit its kernel")
    for axis, stride in enumerate(strides, 1):
        step.require(0 < stride <= MAX_STRIDE and shape[axis] > 0, "has odd strides")
        reach = 0 if padding == _SAME else kernel.shape[axis] - 1
        step.require(-(-(shape[axis] - reach) // stride) == x.shape[axis], "gives another size")
    step.require((shape[0], shape[3]) == (x.shape[0], kernel.shape[0]), "gives other channels")
    return tuple(shape)


def _check_product(
    step: Step, x: Tensor, weights: Tensor, bias: Tensor | None, axis: int = 0
) -> None:
    """Checks types, scales and bias of a product whose results lie along `axis` of its weights."""
    kind = (
        bias.kind if bias is not None else {"int8": "int32", "int16": "int64"}.get(x.kind, x.kind)
    )
    kinds = x.kind, weights.kind, kind, step.output.kind
    step.require(kinds in _PRODUCTS, f"multiplies {kinds}")
    step.require(weights.kind != "int8" or weights.constant is not None, "has changing weights")
    step.require(len(x.scales) <= 1 and len(step.output.scales) <= 1, "has several scales")
    step.require(len(weights.scales) in (0, 1, weights.shape[axis]), "has scales of another axis")
    if bias is not None:
        step.require(bias.shape == weights.shape[axis : axis + 1], "has a bias that does not fit")
    if step.output.kind != "float32":
        largest = max(x.scales) * max(weights.scales)
        step.require(largest < MAX_FACTOR * step.output.scales[0], "has scales that do not fit")


def fully_connected(step: Step) -> Shape:
    step.require(len(step.inputs) in (2, 3), f"has {len(step.inputs)} inputs")
    x, weights, *rest = step.inputs
    bias = rest[0] if rest else None
    if x is None or weights is None:
        raise BundleError("FULLY_CONNECTED lacks an input")
    _check_product(step, x, weights, bias)
    step.activation(0)
    step.require(step.number(1, "b") == 0, "has shuffled weights")
    step.require(len(x.shape) == len(weights.shape) == 2, "is not of rows")
    step.require(weights.shape[1] == x.shape[1], "has weights for other channels")
    return x.shape[0], weights.shape[0]
