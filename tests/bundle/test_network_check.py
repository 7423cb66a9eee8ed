"""Networks that LiteRT might not survive are refused before it sees them."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from tfgan_codec.bundle import network_products
from tfgan_codec.bundle.files import SHIPPED
from tfgan_codec.bundle.flatbuffer import Table
from tfgan_codec.bundle.network_check import check
from tfgan_codec.bundle.network_graph import Operation, read
from tfgan_codec.bundle.network_step import Step
from tfgan_codec.bundle.network_tensors import Tensor
from tfgan_codec.bundle.runtime import Network
from tfgan_codec.errors import BundleError


@pytest.fixture(scope="module")
def network(tiny_dir: Path) -> bytes:
    """CONV_2D with float16 weights, ABS and CONCATENATION."""
    return (tiny_dir / "hyper_analysis.tflite").read_bytes()


def changed(data: bytes, change: Any) -> bytes:
    """The file written anew after `change(model, graph)`, so that all offsets are right."""
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    change(model, model.subgraphs[0])
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def operation(model: Any, name: str) -> Any:
    number = getattr(schema.BuiltinOperator, name)
    codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    (index,) = (i for i, code in enumerate(codes) if code == number)
    return next(op for op in model.subgraphs[0].operators if op.opcodeIndex == index)


def test_networks_of_bundles_pass(tiny_dir: Path) -> None:
    paths = [*tiny_dir.glob("*.tflite"), *SHIPPED.glob("*/*.tflite")]
    assert len(paths) >= 10
    for path in paths:
        check(path.read_bytes())
        check(changed(path.read_bytes(), lambda model, graph: None))


def test_what_is_read(network: bytes) -> None:
    graph = read(network)
    names = [op.name for op in graph.operations]
    assert [names.count(each) for each in ("DEQUANTIZE", "ABS", "CONCATENATION", "CONV_2D")] == [
        4,
        1,
        1,
        2,
    ]
    assert graph.tensors[graph.input].shape == (1, 4, 4, 12)
    assert graph.tensors[graph.output].shape == (1, 1, 1, 4)
    assert {tensor.kind for tensor in graph.tensors} == {"float16", "float32"}


def _set(owner: str, **fields: Any) -> Any:
    """A change of the fields of an operation, or of its options."""

    def change(model: Any, graph: Any) -> None:
        target = operation(model, owner)
        for name, value in fields.items():
            options = target.builtinOptions
            holder = options if options is not None and hasattr(options, name) else target
            setattr(holder, name, value)

    return change


def _tensor(**fields: Any) -> Any:
    """A change of the tensor that CONV_2D gives."""

    def change(model: Any, graph: Any) -> None:
        tensor = graph.tensors[operation(model, "CONV_2D").outputs[0]]
        for name, value in fields.items():
            setattr(tensor, name, value)

    return change


def _constant(model: Any, graph: Any) -> tuple[Any, Any]:
    tensor = next(t for t in graph.tensors if model.buffers[t.buffer].data is not None)
    return tensor, model.buffers[tensor.buffer]


def _cut(model: Any, graph: Any) -> None:
    buffer = _constant(model, graph)[1]
    buffer.data = buffer.data[:-2]


def _not_finite(model: Any, graph: Any) -> None:
    buffer = _constant(model, graph)[1]
    buffer.data = buffer.data.copy()
    buffer.data[1] = 0x7E  # the high byte of a float16 that is no number


def _external(model: Any, graph: Any) -> None:
    _constant(model, graph)[1].offset = 1 << 40


def _quantised(**fields: Any) -> Any:
    def change(model: Any, graph: Any) -> None:
        tensor = graph.tensors[operation(model, "CONV_2D").outputs[0]]
        tensor.type = schema.TensorType.INT8
        tensor.quantization = schema.QuantizationParametersT()
        values = {"scale": np.float32([0.1]), "zeroPoint": np.int64([0]), **fields}
        for name, value in values.items():
            setattr(tensor.quantization, name, value)

    return change


def _circle(model: Any, graph: Any) -> None:
    op = operation(model, "ABS")
    op.inputs = [op.outputs[0]]


def _backwards(model: Any, graph: Any) -> None:
    graph.operators.reverse()


def _twice(model: Any, graph: Any) -> None:
    graph.operators.append(graph.operators[-1])


def _code(**fields: Any) -> Any:
    def change(model: Any, graph: Any) -> None:
        for name, value in fields.items():
            setattr(model.operatorCodes[operation(model, "ABS").opcodeIndex], name, value)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("CONV_2D", strideW=0), "CONV_2D has odd strides"),
        (_set("CONV_2D", strideH=-1), "CONV_2D has odd strides"),
        (_set("CONV_2D", dilationHFactor=1 << 30), "CONV_2D has odd strides"),
        (_set("CONV_2D", padding=7), "CONV_2D has an unknown padding"),
        (_set("CONV_2D", fusedActivationFunction=9), "CONV_2D has an unknown activation"),
        (_set("CONV_2D", inputs=[0, 1]), "CONV_2D (has 2 inputs|uses what)"),
        (_set("CONV_2D", inputs=[0, 1, 99]), "an operation's tensor is not there"),
        (_set("CONV_2D", inputs=[0, 1, -1]), "CONV_2D (lacks an input|uses what)"),
        (_set("CONV_2D", inputs=[0, 1, -2]), "an operation's tensor is not there"),
        (_set("CONV_2D", outputs=[-1]), "an operation's tensor is not there"),
        (_set("CONV_2D", opcodeIndex=77), "an operation's number is not there"),
        (_set("CONV_2D", builtinOptionsType=8), "has the options of another operation"),
        (_set("ABS", customOptions=np.zeros(4, np.uint8)), "made by a newer converter"),
        (_set("ABS", mutatingVariableInputs=[True]), "made by a newer converter"),
        (_set("CONCATENATION", axis=4), "CONCATENATION has an axis that is not there"),
        (_tensor(shape=[1, 4, 4, 0]), "a side that is not positive"),
        (_tensor(shape=[1, -4, 4, 12]), "a side that is not positive"),
        (_tensor(shape=[1, 1 << 20, 1 << 20, 1]), "a tensor is too large"),
        (_tensor(shape=[1, 4, 4, 13]), "for other channels|gives"),
        (_tensor(shape=[1] * 7), "something in it lies outside"),
        (_tensor(shapeSignature=[1, 4]), "a tensor's two shapes differ"),
        (_tensor(type=schema.TensorType.STRING), "a tensor of type number 5"),
        (_tensor(type=schema.TensorType.INT32), "CONV_2D multiplies|mixes"),
        (_tensor(buffer=99), "a tensor's buffer is not there"),
        (_tensor(isVariable=True), "variable or sparse"),
        (_tensor(sparsity=schema.SparsityParametersT()), "variable or sparse"),
        (_cut, "values do not fill its shape"),
        (_not_finite, "values that are not finite"),
        (_external, "made by a newer converter"),
        (_quantised(), "CONV_2D multiplies|mixes"),
        (_quantised(scale=np.float32([0.0])), "a scale makes no sense"),
        (_quantised(scale=np.float32([np.nan])), "a scale makes no sense"),
        (_quantised(scale=np.float32([1, 1, 1])), "a scale is missing"),
        (_quantised(zeroPoint=np.int64([1 << 40])), "a zero point makes no sense"),
        (_quantised(quantizedDimension=4), "along an axis it lacks"),
        (_circle, "ABS uses what is not known yet"),
        (_backwards, "uses what is not known yet"),
        (_twice, "gives what is there already"),
        (_code(builtinCode=32, deprecatedBuiltinCode=32), "it has an operation number 32"),
        (_code(version=99), "an operation of an unknown version"),
        (lambda model, graph: setattr(graph, "inputs", [0, 0]), "more than one input"),
        (lambda model, graph: setattr(graph, "outputs", [graph.inputs[0]]), "nothing gives"),
        (lambda model, graph: model.subgraphs.append(graph), "more than one graph"),
        (lambda model, graph: setattr(model, "version", 4), "of another version than 3"),
        (lambda model, graph: setattr(model, "metadataBuffer", [99]), "a note's buffer"),
    ],
)
def test_refused(network: bytes, change: Any, message: str) -> None:
    data = changed(network, change)
    with pytest.raises(BundleError, match=message):
        check(data)
    with pytest.raises(BundleError, match=f"network x cannot be run: .*({message})"):
        Network(data, "x")


def test_no_offset_is_followed_outside(network: bytes) -> None:
    """Every aligned word becomes one that points far, one after the other."""
    for at in range(0, len(network) - 4, 4):
        for word in (0xFFFFFFFC, 0x7FFFFFFC, len(network) - at, len(network) - at - 1):
            damaged = network[:at] + struct.pack("<I", word) + network[at + 4 :]
            with contextlib.suppress(BundleError):  # and nothing else
                check(damaged)


def test_cut_anywhere(network: bytes) -> None:
    for length in range(0, len(network), 7):
        with pytest.raises(BundleError):
            check(network[:length])


def test_a_table_by_hand() -> None:
    """A vtable of one field, 16 bits at offset 4; the table; a root that points to it."""
    data = struct.pack("<IHHHHiHH", 12, 6, 8, 4, 0, 8, 77, 0)
    table = Table.root(data)
    assert table.fields == {0: 4}
    assert table.scalar(0, "H") == 77
    assert table.scalar(1, "H", 5) == 5
    with pytest.raises(BundleError):
        table.scalar(0, "q")  # reaches out of the table
    with pytest.raises(BundleError):
        table.string(0)
    with pytest.raises(BundleError):
        Table.root(data[:-4])


class _Options:
    """Stands for the options of an operation: numbers by field."""

    def __init__(self, **fields: int) -> None:
        self.fields = {int(name[1:]): value for name, value in fields.items()}

    def scalar(self, field: int, kind: str, default: int = 0) -> int:
        return self.fields.get(field, default)


@pytest.mark.parametrize(
    ("kernel", "options", "expected"),
    [
        ((1, 3, 5, 6), {"_1": 1, "_2": 2, "_3": 2}, (1, 4, 9, 6)),  # "same", 7/2 rows rounded up
        ((1, 3, 5, 6), {"_0": 1, "_1": 1, "_2": 1, "_3": 2}, (1, 5, 5, 6)),  # "valid"
        ((1, 3, 3, 3), {"_0": 1, "_1": 1, "_2": 1, "_3": 1, "_5": 4, "_6": 3}, (1, 1, 1, 3)),
        ((2, 3, 5, 6), {"_1": 1, "_2": 1, "_3": 2}, "several kernels"),
        ((1, 3, 5, 5), {"_1": 1, "_2": 1, "_3": 2}, "a kernel for other channels"),
        ((1, 3, 5, 6), {"_1": 0, "_2": 1, "_3": 2}, "odd strides"),
        ((1, 9, 5, 6), {"_0": 1, "_1": 1, "_2": 1, "_3": 2}, "gives nothing"),
    ],
)
def test_depthwise_convolutions(kernel: tuple, options: dict, expected: tuple | str) -> None:
    """Of 7 x 9 positions and 3 channels. Fields: 0 padding, 1 and 2 strides of width and height, 3
    kernels a channel, 5 and 6 dilations."""

    def tensor(shape: tuple[int, ...]) -> Tensor:
        return Tensor("float32", shape, None, ())

    operation = Operation("DEPTHWISE_CONV_2D", (0, 1, 2), (3,), _Options(**options))
    inputs = tensor((1, 7, 9, 3)), tensor(kernel), tensor(kernel[3:])
    step = Step(operation, inputs, tensor(()))
    if isinstance(expected, str):
        with pytest.raises(BundleError, match=f"DEPTHWISE_CONV_2D .*{expected}"):
            network_products.depthwise(step)
    else:
        assert network_products.depthwise(step) == expected


@pytest.mark.parametrize(("scale", "fits"), [(1 / 255, True), (1 / 256, False)])
def test_results_that_are_all_but_always_0_are_refused(scale: float, fits: bool) -> None:
    """A sum of whole numbers may be multiplied by less than 256: LiteRT ends at more."""

    def tensor(kind: str, shape: tuple[int, ...], scale: float = 1.0) -> Tensor:
        return Tensor(kind, shape, np.zeros(shape), (scale,))

    operation = Operation("DEPTHWISE_CONV_2D", (0, 1, 2), (3,), _Options(_1=1, _2=1, _3=1))
    inputs = tensor("int8", (1, 4, 4, 2)), tensor("int8", (1, 1, 1, 2)), tensor("int32", (2,))
    step = Step(operation, inputs, tensor("int8", (1, 4, 4, 2), scale))
    if fits:
        assert network_products.depthwise(step) == (1, 4, 4, 2)
    else:
        with pytest.raises(BundleError, match="has scales that do not fit"):
            network_products.depthwise(step)
