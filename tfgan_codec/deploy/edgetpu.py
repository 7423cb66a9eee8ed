"""Checks a `.tflite` file against what is known of the Edge TPU's rules.

These are rules that others published, not the compiler; `docs/devices.md` has their sources.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

import numpy as np

from tfgan_codec.bundle.tflite_file import Operation, TfliteFile
from tfgan_codec.errors import BundleError

# The newest version of each operation that the last compiler (16.0) can parse, judged by what loads
# in a TFLite runtime of its time (2.7); tried for convolutions, ADD, CONCATENATION, LOGISTIC, MUL,
# PRELU, RELU, RESIZE_*, TANH. An operation that is not listed has no Edge TPU form.
VERSIONS = {
    "ADD": 2,
    "AVERAGE_POOL_2D": 2,
    "CONCATENATION": 2,
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 3,
    "EXPAND_DIMS": 1,
    "FULLY_CONNECTED": 4,
    "L2_NORMALIZATION": 2,
    "LOGISTIC": 2,
    "MAXIMUM": 2,
    "MAX_POOL_2D": 2,
    "MEAN": 2,
    "MINIMUM": 2,
    "MUL": 2,
    "PACK": 2,
    "PAD": 2,
    "PRELU": 1,
    "QUANTIZE": 2,
    "RELU": 2,
    "RELU6": 2,
    "RELU_N1_TO_1": 1,
    "RESHAPE": 1,
    "RESIZE_BILINEAR": 3,
    "RESIZE_NEAREST_NEIGHBOR": 3,
    "RSQRT": 2,
    "SLICE": 2,
    "SOFTMAX": 2,
    "SPACE_TO_DEPTH": 2,
    "SPLIT": 2,
    "SQUARED_DIFFERENCE": 2,
    "SQUEEZE": 1,
    "STRIDED_SLICE": 2,
    "SUB": 2,
    "SUM": 1,
    "TANH": 2,
    "TRANSPOSE": 2,
    "TRANSPOSE_CONV": 3,
}
_INSTEAD = {
    "DEPTH_TO_SPACE": "export with --target=edgetpu: a transposed convolution does the same",
    "DEQUANTIZE": "use the file with int8 edges, or leave this operation to the CPU",
    "DIV": "multiply by a constant, or leave the normalisation out of the decoder",
    "LEAKY_RELU": "use ReLU or PReLU",
    "MIRROR_PAD": "pad with zeros, as convolutions with SAME padding do",
}
_TYPES = ("int8", "uint8")
CACHE = (
    7.5 * 2**20
)  # bytes of parameters that stay on the chip; compilers' logs show 6.5 to 7.5 MiB


class Finding(NamedTuple):
    """Holds what the check found of one operation."""

    number: int
    operation: Operation
    shapes: str
    problem: str  # empty if it passes
    remedy: str


class Report(NamedTuple):
    """Holds what the check found of a file."""

    findings: list[Finding]  # one for each operation
    parameters: int  # bytes of constants

    @property
    def failures(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.problem]


def check(content: bytes) -> Report:
    """Checks the contents of a `.tflite` file."""
    file = TfliteFile(content)
    if len(file.model.subgraphs) != 1:
        raise BundleError(f"the file has {len(file.model.subgraphs)} graphs; an Edge TPU takes one")
    findings: list[Finding] = []
    parameters: dict[int, int] = {}  # bytes by tensor
    for number, operation in enumerate(file.operations):
        problem, remedy = _problem(file, operation)
        shapes = " ".join(_shape(file, tensor) for tensor in _activations(file, operation))
        findings.append(Finding(number, operation, shapes, problem, remedy))
        for tensor in operation.inputs:
            constant = file.constant(tensor) if tensor >= 0 else None
            if constant is not None:
                parameters[tensor] = constant.nbytes
    return Report(findings, sum(parameters.values()))


def table(report: Report) -> str:
    """Returns the report as a table for people."""
    rows = [("", "operation", "v", "output and inputs", "verdict")]
    for number, operation, shapes, problem, remedy in report.findings:
        verdict = f"NO: {problem}; {remedy}" if problem else "ok"
        rows.append((f"{number}", operation.name, f"{operation.version}", shapes, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[4]]).rstrip()
        for row in rows
    ]
    size = f"{report.parameters / 2**20:.2f} MiB of parameters"
    if report.parameters > CACHE:
        size += f": about {CACHE / 2**20:.1f} fit on the chip, the rest is sent for every picture"
    else:
        size += f", of about {CACHE / 2**20:.1f} that fit on the chip"
    failed = len(report.failures)
    passed = len(report.findings) - failed
    return "\n".join([*lines, "", f"{passed} operations pass, {failed} fail; {size}"])


def _problem(file: TfliteFile, op: Operation) -> tuple[str, str]:
    """Returns the first rule that an operation breaks, and what to do; two empty texts if none."""
    if op.name not in VERSIONS:
        remedy = _INSTEAD.get(op.name, "build the decoder from convolutions, additions and ReLU")
        return "an Edge TPU has no such operation", remedy
    if op.version > VERSIONS[op.name]:
        return (
            f"version {op.version}, the compiler parses up to {VERSIONS[op.name]} and refuses the "
            "whole file",
            "leave out the bias or the activation of this layer",
        )
    for tensor in _activations(file, op):
        kind, shape = file.type_name(tensor), file.shape(tensor)
        if kind not in _TYPES:
            return f"a tensor is {kind}", "quantise to int8, with int8 edges"
        if not _quantized(file, tensor):
            return "a tensor has no scale", "quantise with a calibration"
        signature = file.graph.tensors[tensor].shapeSignature
        if signature is not None and min(signature) < 1:
            return "a shape is not fixed", "export with a fixed --tile"
        if len(shape) > 3 and any(size != 1 for size in shape[:-3]):
            return f"batch of shape {shape}", "export with batch 1"
    return _RULES.get(op.name, _no_rule)(file, op)


def _activations(file: TfliteFile, op: Operation) -> list[int]:
    """Returns an operation's outputs and computed inputs; the compiler sees to constants."""
    inputs = [tensor for tensor in op.inputs if tensor >= 0 and file.constant(tensor) is None]
    return [*op.outputs, *inputs]


def _shape(file: TfliteFile, tensor: int) -> str:
    return f"{file.type_name(tensor)}{list(file.shape(tensor))}".replace(" ", "")


def _quantized(file: TfliteFile, tensor: int) -> bool:
    parameters = file.graph.tensors[tensor].quantization
    return parameters is not None and parameters.scale is not None and len(parameters.scale) > 0


def _no_rule(file: TfliteFile, op: Operation) -> tuple[str, str]:
    return "", ""


def _constant_kernel(file: TfliteFile, op: Operation) -> tuple[str, str]:
    if file.constant(op.inputs[1]) is None:
        return "its kernel is computed", "make it a constant"
    if file.type_name(op.inputs[1]) not in _TYPES:
        return f"its kernel is {file.type_name(op.inputs[1])}", "quantise to int8"
    options = op.options
    if getattr(options, "dilationWFactor", 1) != getattr(options, "dilationHFactor", 1):
        return "its dilations differ in x and y", "use one dilation"
    return "", ""


def _constant_shape(file: TfliteFile, op: Operation) -> tuple[str, str]:
    if file.constant(op.inputs[0]) is None:
        return "its output shape is computed", "export with a fixed --tile"
    return _constant_kernel(file, op)


def _no_activation(file: TfliteFile, op: Operation) -> tuple[str, str]:
    if op.options.fusedActivationFunction:
        return "an activation is fused into it", "put the activation before it"
    return "", ""


def _not_over_batch(file: TfliteFile, op: Operation) -> tuple[str, str]:
    axes = file.constant(op.inputs[1])
    rank = len(file.shape(op.inputs[0]))
    if axes is None or any(int(axis) % rank == 0 for axis in np.ravel(axes)):
        return "it reduces the batch, or a computed axis", "reduce over height and width"
    return "", ""


def _shared_slope(file: TfliteFile, op: Operation) -> tuple[str, str]:
    if any(size != 1 for size in file.shape(op.inputs[1])[:-1]):
        return "its slopes vary over the picture", "use shared_axes=[1, 2]"
    return "", ""


_RULES: dict[str, Callable[[TfliteFile, Operation], tuple[str, str]]] = {
    "AVERAGE_POOL_2D": _no_activation,
    "CONCATENATION": _no_activation,
    "CONV_2D": _constant_kernel,
    "DEPTHWISE_CONV_2D": _constant_kernel,
    "FULLY_CONNECTED": _constant_kernel,
    "MAX_POOL_2D": _no_activation,
    "MEAN": _not_over_batch,
    "PRELU": _shared_slope,
    "SUM": _not_over_batch,
    "TRANSPOSE_CONV": _constant_shape,
}
