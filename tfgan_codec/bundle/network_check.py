"""Refuses networks that LiteRT might not survive, before it sees them.

`network_graph` checks that a file is whole and its tensors are there. Here every operation is
checked against those around it: numbers and types of its inputs, its options, and the shape of its
result, which must be the one that the file states. A network that passes computes what it says, at
the stored shape; LiteRT's own checks see to others.
"""

from __future__ import annotations

from typing import Callable

from tfgan_codec.bundle import network_products, network_shapes
from tfgan_codec.bundle.network_graph import read
from tfgan_codec.bundle.network_step import Step
from tfgan_codec.bundle.network_tensors import Shape
from tfgan_codec.errors import BundleError

_SHAPES: dict[str, Callable[[Step], Shape]] = {
    **dict.fromkeys(("ABS", "FLOOR", "LOGISTIC", "RELU", "RSQRT"), network_shapes.unary),
    **dict.fromkeys(("ADD", "DIV", "MUL", "SUB"), network_shapes.binary),
    **dict.fromkeys(("MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE"), network_shapes.binary),
    **dict.fromkeys(("DEQUANTIZE", "QUANTIZE"), network_shapes.cast),
    **dict.fromkeys(("MEAN", "REDUCE_MAX", "SUM"), network_shapes.reduction),
    "CONCATENATION": network_shapes.concatenation,
    "CONV_2D": network_products.convolution,
    "DEPTHWISE_CONV_2D": network_products.depthwise,
    "DEPTH_TO_SPACE": network_shapes.depth_to_space,
    "FULLY_CONNECTED": network_products.fully_connected,
    "PAD": network_shapes.pad,
    "RESHAPE": network_shapes.reshape,
    "TRANSPOSE_CONV": network_products.transposed,
}


def check(content: bytes) -> None:
    """Raises `BundleError` unless the ``.tflite`` file in `content` is surely safe to run."""
    graph = read(content)
    for end in (graph.input, graph.output):
        tensor = graph.tensors[end]
        if tensor.kind != "float32" or len(tensor.shape) != 4 or tensor.shape[0] != 1:
            raise BundleError(f"its input or output is {tensor.kind} {tensor.shape}")
    for operation in graph.operations:
        if len(operation.outputs) != 1:
            raise BundleError(f"{operation.name} has {len(operation.outputs)} outputs")
        inputs = tuple(graph.tensors[i] if i >= 0 else None for i in operation.inputs)
        step = Step(operation, inputs, graph.tensors[operation.outputs[0]])
        for each in (*inputs, step.output):
            whole = each is not None and each.kind in ("int8", "int16")
            step.require(not whole or bool(each and each.scales), "has numbers without scale")
        shape = _SHAPES[operation.name](step)
        step.require(shape == step.output.shape, f"gives {shape}, not {step.output.shape}")
