"""Reads what is stored in a ``.tflite`` file: its operations, their versions and constants.

An interpreter would hide the versions, and gives no access to what it cannot run.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from tfgan_codec.errors import BundleError

_DTYPES: dict[int, Any] = {
    schema.TensorType.FLOAT32: np.dtype("<f4"),
    schema.TensorType.FLOAT16: np.dtype("<f2"),
    schema.TensorType.INT32: np.dtype("<i4"),
    schema.TensorType.INT16: np.dtype("<i2"),
    schema.TensorType.INT8: np.dtype("i1"),
    schema.TensorType.UINT8: np.dtype("u1"),
    schema.TensorType.INT64: np.dtype("<i8"),
    schema.TensorType.BOOL: np.dtype("?"),
}
TYPE_NAMES: dict[int, str] = {
    v: k.lower() for k, v in vars(schema.TensorType).items() if k.isupper()
}
_OPERATORS: dict[int, str] = {v: k for k, v in vars(schema.BuiltinOperator).items() if k.isupper()}


class Operation(NamedTuple):
    """Holds one operation of the network."""

    name: str  # such as "CONV_2D"
    version: int
    inputs: tuple[int, ...]  # numbers of tensors, -1 where an optional one is left out
    outputs: tuple[int, ...]
    options: Any  # as the flatbuffer has them


class TfliteFile:
    """Holds a parsed file. `model` is the flatbuffer as objects, for code that changes it."""

    def __init__(self, content: bytes) -> None:
        if content[4:8] != b"TFL3":
            raise BundleError("not a .tflite file (its identifier TFL3 is missing)")
        self.model = schema.ModelT.InitFromPackedBuf(content, 0)
        self.graph = self.model.subgraphs[0]

    @property
    def operations(self) -> list[Operation]:
        """All operations in the order in which they run."""
        codes = self.model.operatorCodes
        found = []
        for op in self.graph.operators:
            code = codes[op.opcodeIndex]
            number = max(code.builtinCode, code.deprecatedBuiltinCode)
            name = _OPERATORS.get(number, f"operation {number}")
            if name == "CUSTOM":
                name = f"CUSTOM {code.customCode.decode()}"
            found.append(
                Operation(
                    name,
                    code.version,
                    tuple(map(int, op.inputs)),
                    tuple(map(int, op.outputs)),
                    op.builtinOptions,
                )
            )
        return found

    def shape(self, tensor: int) -> tuple[int, ...]:
        """Returns the shape that the file gives a tensor; () where it gives none."""
        stored = self.graph.tensors[tensor].shape
        return () if stored is None else tuple(map(int, stored))

    def type_name(self, tensor: int) -> str:
        """Returns the name of a tensor's type, for example "int8"."""
        return TYPE_NAMES[self.graph.tensors[tensor].type]

    def constant(self, tensor: int) -> NDArray[Any] | None:
        """Returns the values of a tensor stored in the file; None if it is computed."""
        entry = self.graph.tensors[tensor]
        data = self.model.buffers[entry.buffer].data
        if data is None or entry.type not in _DTYPES:
            return None
        raw = np.asarray(data, np.uint8).tobytes()
        return np.frombuffer(raw, _DTYPES[entry.type]).reshape(self.shape(tensor))


def convolutions(content: bytes) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Returns kernel [kh, kw, in, out] and bias [out] of each convolution in order, as float32.

    Weights stored as float16 are converted, as the file's DEQUANTIZE operations do it.
    """
    file = TfliteFile(content)
    stored: dict[int, NDArray[Any]] = {}
    found = []
    for op in file.operations:
        for tensor in op.inputs:
            values = file.constant(tensor) if tensor >= 0 else None
            if values is not None:
                stored[tensor] = values
        if op.name == "DEQUANTIZE" and op.inputs[0] in stored:
            stored[op.outputs[0]] = stored[op.inputs[0]].astype(np.float32)
        elif op.name == "CONV_2D":
            kernel, bias = (stored[tensor] for tensor in op.inputs[1:3])
            if kernel.dtype != np.float32:
                raise BundleError(f"the weights are {kernel.dtype}: only float ones can be read")
            found.append((kernel.transpose(1, 2, 3, 0), bias))
    return found
