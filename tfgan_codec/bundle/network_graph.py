"""Reads the graph of a ``.tflite`` file that anybody can have written, every number in it checked.

LiteRT does not verify files: offsets that lead outside, tensors that are not there and buffers
shorter than their shape end the process. So nothing reaches it that was not read here. The schema
is TensorFlow Lite's, version 3; what no exporter of this project writes is refused.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tfgan_codec.bundle.flatbuffer import Table, require_fields
from tfgan_codec.bundle.network_tensors import MOST, Tensor, require, tensor_of
from tfgan_codec.errors import BundleError

# Of each operation its number, and that of its options in the schema's union.
OPERATIONS: dict[str, tuple[int, int]] = {
    "ADD": (0, 11),
    "CONCATENATION": (2, 10),
    "CONV_2D": (3, 1),
    "DEPTHWISE_CONV_2D": (4, 2),
    "DEPTH_TO_SPACE": (5, 94),
    "DEQUANTIZE": (6, 38),
    "FLOOR": (8, 0),
    "FULLY_CONNECTED": (9, 8),
    "LOGISTIC": (14, 0),
    "MUL": (18, 21),
    "RELU": (19, 0),
    "RESHAPE": (22, 17),
    "PAD": (34, 22),
    "MEAN": (40, 27),
    "SUB": (41, 28),
    "DIV": (42, 29),
    "MAXIMUM": (55, 39),
    "MINIMUM": (57, 39),
    "TRANSPOSE_CONV": (67, 49),
    "SUM": (74, 27),
    "RSQRT": (76, 0),
    "REDUCE_MAX": (82, 27),
    "SQUARED_DIFFERENCE": (99, 76),
    "ABS": (101, 78),
    "QUANTIZE": (114, 89),
}
_NAMES = {number: name for name, (number, _) in OPERATIONS.items()}


class Operation(NamedTuple):
    """Holds one operation. Its inputs are numbers of tensors, -1 where one is left out."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Table | None


class Graph(NamedTuple):
    """Holds a network of one input and one output, whose operations stand in the order in which
    they run: each takes constants, the input, and what those before it give."""

    tensors: list[Tensor]
    operations: list[Operation]
    input: int
    output: int


def read(content: bytes) -> Graph:
    """Reads a ``.tflite`` file; raises `BundleError` for what is not surely safe to run."""
    if content[4:8] != b"TFL3":
        raise BundleError("not a .tflite file (its identifier TFL3 is missing)")
    model = Table.root(content)
    require_fields([model], 8)
    require(model.scalar(0, "I") == 3, "it is of another version than 3")
    codes = model.tables(1, MOST)
    subgraphs = model.tables(2, MOST)
    model.string(3)
    buffers = model.tables(4, MOST)
    require(len(subgraphs) == 1, "it has more than one graph")
    graph = subgraphs[0]
    require_fields(codes, 4)
    require_fields(buffers, 1)  # what follows are places outside of the flatbuffer
    require_fields([graph], 6)
    graph.string(4)
    names = [_name(code) for code in codes]
    data = [buffer.numbers(0, "|u1", len(content)) for buffer in buffers]
    tensors = [tensor_of(table, data) for table in graph.tables(0, MOST)]
    _check_notes(model, len(tensors), len(buffers))
    operations = [_operation(table, names, len(tensors)) for table in graph.tables(3, MOST)]
    inputs, outputs = (graph.numbers(field, "<i4", MOST).tolist() for field in (1, 2))
    require(len(inputs) == len(outputs) == 1, "it has more than one input or output")
    read_graph = Graph(tensors, operations, inputs[0], outputs[0])
    _check_order(read_graph)
    return read_graph


def _name(code: Table) -> str:
    number = max(code.scalar(0, "b"), code.scalar(3, "i"))
    require(number in _NAMES and 1 not in code.fields, f"it has an operation number {number}")
    require(1 <= code.scalar(2, "i", 1) <= 32, "it has an operation of an unknown version")
    return _NAMES[number]


def _operation(table: Table, names: list[str], tensors: int) -> Operation:
    require_fields([table], 5)  # what follows belongs to custom operations and to variables
    code = table.scalar(0, "I")
    require(code < len(names), "an operation's number is not there")
    inputs, outputs = (tuple(table.numbers(f, "<i4", MOST).tolist()) for f in (1, 2))
    require(
        all(-1 <= i < tensors for i in inputs) and all(0 <= i < tensors for i in outputs),
        "an operation's tensor is not there",
    )
    name, options = names[code], None
    union = table.scalar(3, "B")
    if union:
        require(union == OPERATIONS[name][1], f"{name} has the options of another operation")
        options = table.table(4)
        require(options is not None, f"{name} lacks its options")
    else:
        require(4 not in table.fields, f"{name} has options of no kind")
    return Operation(name, inputs, outputs, options)


def _check_notes(model: Table, tensors: int, buffers: int) -> None:
    """Checks metadata and signatures, which LiteRT reads too, though they decide nothing."""
    numbers = model.numbers(5, "<i4", MOST)
    require(bool(np.all((numbers >= 0) & (numbers < buffers))), "a note's buffer is not there")
    for note in model.tables(6, MOST):
        require_fields([note], 2)
        require(note.string(0) is not None, "a note has no name")
        require(note.scalar(1, "I") < buffers, "a note's buffer is not there")
    for signature in model.tables(7, 16):
        require_fields([signature], 5)
        require(signature.string(2) is not None, "a signature has no name")
        require(signature.scalar(4, "I") == 0, "a signature is of another graph")
        for field in (0, 1):
            for entry in signature.tables(field, 16):
                require_fields([entry], 2)
                require(entry.string(0) is not None, "a signature's tensor has no name")
                require(entry.scalar(1, "I") < tensors, "a signature's tensor is not there")


def _check_order(graph: Graph) -> None:
    """Checks that every tensor is known when it is used, and computed once."""
    known = {number for number, tensor in enumerate(graph.tensors) if tensor.constant is not None}
    require(0 <= graph.input < len(graph.tensors), "its input is not there")
    require(graph.input not in known, "its input is a constant")
    known.add(graph.input)
    for operation in graph.operations:
        require(
            all(number in known for number in operation.inputs if number >= 0),
            f"{operation.name} uses what is not known yet",
        )
        for number in operation.outputs:
            require(number not in known, f"{operation.name} gives what is there already")
            known.add(number)
    produced = {number for operation in graph.operations for number in operation.outputs}
    require(graph.output in produced, "nothing gives its output")
