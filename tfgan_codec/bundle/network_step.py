"""Holds one operation of a network with its tensors, and what rules ask of it."""

from __future__ import annotations

from typing import NamedTuple

from tfgan_codec.bundle.flatbuffer import Table
from tfgan_codec.bundle.network_graph import Operation
from tfgan_codec.bundle.network_tensors import Tensor
from tfgan_codec.errors import BundleError

PLAIN = ("float32", "int8", "int16")  # what most operations compute with
_ACTIVATIONS = range(4)  # none, and three kinds of clipping


class Step(NamedTuple):
    """Holds an operation with its tensors."""

    operation: Operation
    inputs: tuple[Tensor | None, ...]
    output: Tensor

    def require(self, holds: bool, problem: str) -> None:
        """Raises `BundleError` with the problem, and the operation's name, unless it holds."""
        if not holds:
            raise BundleError(f"{self.operation.name} {problem}")

    def operands(self, *counts: int) -> tuple[Tensor, ...]:
        """Returns the inputs, whose number must be one of `counts`, all of them there."""
        found = tuple(tensor for tensor in self.inputs if tensor is not None)
        self.require(len(found) == len(self.inputs), "lacks an input")
        self.require(len(found) in counts, f"has {len(found)} inputs")
        return found

    def alike(self, *operands: Tensor) -> None:
        """Requires one type of all operands and the result."""
        kinds = {tensor.kind for tensor in (*operands, self.output)}
        self.require(len(kinds) == 1 and kinds <= set(PLAIN), f"mixes {sorted(kinds)}")

    def activation(self, field: int) -> None:
        """Requires an option, the function after the operation, to be one that is known."""
        self.require(self.number(field, "b") in _ACTIVATIONS, "has an unknown activation")

    def number(self, field: int, kind: str = "i", default: int = 0) -> int:
        """Returns an option by the number of its field, `kind` being its letter in `struct`."""
        options: Table | None = self.operation.options
        return default if options is None else int(options.scalar(field, kind, default))

    def values(self, tensor: Tensor, axes: int) -> list[int]:
        """Returns a constant of whole numbers of at most `axes` axes as a flat list."""
        constant = tensor.constant
        if constant is None or tensor.kind != "int32" or constant.ndim > axes:
            raise BundleError(f"{self.operation.name} has a changing argument")
        found: list[int] = constant.ravel().tolist()
        return found
