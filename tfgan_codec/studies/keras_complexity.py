"""Counts parameters and multiply-accumulates of Keras models on the graph that is really run.

The same operations count as in `metrics.complexity`, which does this for TFLite files.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics.complexity import NetworkComplexity


def of_keras(model: tf.keras.Model, input_shape: tuple[int, ...]) -> NetworkComplexity:
    """Counts a Keras model's forward pass on one picture [height, width, channels].

    The traced graph is counted, so that subclassed models and custom layers are too.
    """
    call = tf.function(lambda x: model(x, training=False))
    graph = call.get_concrete_function(tf.TensorSpec((1, *input_shape), tf.float32)).graph
    macs = _graph_macs(graph)
    params = sum(int(np.prod(variable.shape)) for variable in model.trainable_variables)
    return NetworkComplexity(params, macs / (input_shape[0] * input_shape[1]) / 1000)


def _graph_macs(graph: Any) -> int:
    macs = 0
    for operation in graph.get_operations():
        if operation.type in ("PartitionedCall", "StatefulPartitionedCall"):
            macs += _graph_macs(graph._get_function(operation.get_attr("f").name).graph)
            continue
        if operation.type not in _GRAPH_MACS:
            continue
        shapes = [_static(tensor) for tensor in operation.inputs]
        macs += _GRAPH_MACS[operation.type](operation, shapes, _static(operation.outputs[0]))
    return macs


def _static(tensor: Any) -> tuple[int, ...]:
    if not tensor.shape.is_fully_defined():
        raise UsageError(f"the shape of {tensor.name} is not known; its work cannot be counted")
    return tuple(tensor.shape)


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape))


def _matmul(operation: Any, inputs: list[tuple[int, ...]], output: tuple[int, ...]) -> int:
    transposed = operation.get_attr("transpose_a" if operation.type == "MatMul" else "adj_x")
    return _size(output) * inputs[0][-2 if transposed else -1]


def _einsum(operation: Any, inputs: list[tuple[int, ...]], output: tuple[int, ...]) -> int:
    equation = operation.get_attr("equation").decode()
    terms = equation.partition("->")[0].split(",")
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, inputs):
        if "." in term:
            raise UsageError(f"einsum with an ellipsis is not counted: {equation}")
        sizes.update(zip(term, shape))
    return _size(tuple(sizes.values())) if len(terms) > 1 else 0


# Kernels are [height, width, in, out].
_GRAPH_MACS = {
    "Conv2D": lambda op, inputs, output: _size(output) * _size(inputs[1][:3]),
    "DepthwiseConv2dNative": lambda op, inputs, output: _size(output) * _size(inputs[1][:2]),
    "Conv2DBackpropInput": lambda op, inputs, output: (
        _size(inputs[2]) * _size(inputs[1]) // inputs[1][3]
    ),
    "MatMul": _matmul,
    "BatchMatMulV2": _matmul,
    "Einsum": _einsum,
}
