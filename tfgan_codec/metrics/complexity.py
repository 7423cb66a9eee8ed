"""Parameters and multiply-accumulates of a TFLite network, counted on what is really run.

Only multiply-accumulates of convolutions and matrix products count, as in the papers;
normalisation, activations and resizing do not.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Complexity(NamedTuple):
    """Holds the size and work of a codec's networks; None where it has none."""

    params: int | None = None
    kmac_per_pixel: float | None = None  # thousand multiply-accumulates to decode a pixel
    encode_kmac_per_pixel: float | None = None


class NetworkComplexity(NamedTuple):
    """Holds the size and work of one network."""

    params: int
    kmac_per_pixel: float  # thousand multiply-accumulates per pixel of the picture


_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED")


def of_tflite(content: bytes, input_shape: tuple[int, ...], pixels: int) -> NetworkComplexity:
    """Counts a `.tflite` network on one input of that shape, which stands for `pixels` pixels.

    Parameters are the constants of more than one element that operations compute with, not shapes,
    paddings and the like. Zero biases that the converter added count too; equal constants, which
    are stored once, count once.
    """
    from ai_edge_litert import interpreter as litert

    resolver = litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    network = litert.Interpreter(model_content=content, experimental_op_resolver_type=resolver)
    network.resize_tensor_input(network.get_input_details()[0]["index"], input_shape)
    network.allocate_tensors()
    network.invoke()  # shapes that depend on computed ones are known only then
    tensors = {tensor["index"]: tensor for tensor in network.get_tensor_details()}
    operations = network._get_ops_details()
    produced = {int(i) for operation in operations for i in operation["outputs"]}
    produced |= {detail["index"] for detail in network.get_input_details()}
    constants: set[int] = set()
    macs = 0
    for operation in operations:
        name, inputs = operation["op_name"], [int(i) for i in operation["inputs"] if i >= 0]
        shapes = [tuple(int(n) for n in tensors[i]["shape"]) for i in inputs]
        output = tuple(int(n) for n in tensors[int(operation["outputs"][0])]["shape"])
        macs += _macs(name, shapes, output)
        for position, i in enumerate(inputs):
            if i in produced or np.prod(tensors[i]["shape"]) <= 1:
                continue
            integer = tensors[i]["dtype"] in (np.int32, np.int64)  # a bias, or a shape
            if not integer or (name in _WEIGHTED and position == 2 and name != "TRANSPOSE_CONV"):
                constants.add(i)
    params = sum(int(np.prod(tensors[i]["shape"])) for i in constants)
    return NetworkComplexity(params, macs / pixels / 1000)


def _macs(name: str, inputs: list[tuple[int, ...]], output: tuple[int, ...]) -> int:
    """Counts a TFLite operation's multiply-accumulates; filters are [out, height, width, in]."""
    size = int(np.prod(output))
    if name == "CONV_2D":
        return size * int(np.prod(inputs[1][1:]))
    if name == "DEPTHWISE_CONV_2D":
        return size * inputs[1][1] * inputs[1][2]
    if name == "TRANSPOSE_CONV":  # inputs: output shape, filter, activations
        return int(np.prod(inputs[2])) * int(np.prod(inputs[1][:3]))
    if name == "FULLY_CONNECTED":
        return size * inputs[1][-1]
    if name == "BATCH_MATMUL":
        return size * inputs[0][-1]
    return 0
