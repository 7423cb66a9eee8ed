"""The integer context model: predicts each latent from those before it and the hyper-latents.

Normative (`docs/format.md`, "Context model"): mean and scale of each latent decide how the stream
is parsed. Everything is therefore integer arithmetic with the bounds of `scales`, where float32
gives the same integers as int64 in any order of summation. So it does not matter how many latents
are predicted at once, or by what machine.

    q, clipped -> masked 3-D convolution --+
                                           +--> 1x1 convolutions --> table index 0..63
    z -> integer hyper decoder ------------+                    \\--> mean, in eighths

What is coded are whole latents q = round(y), as in Minnen et al. (2018), not residuals round(y -
mean): all context is known before the first prediction, so that an encoder and the rate estimate of
training predict all latents at once, exactly. The mean is that of a discretised Gaussian whose
tables come in `FRACTIONS` shifts: its whole part is subtracted from q, its fraction chooses among
the tables of the scale. An eighth costs about 1e-2 bits where the scale is 0.3 and less elsewhere.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.errors import BundleError
from tfgan_codec.format import scales, wavefront
from tfgan_codec.format.scales import IntegerConv

FRACTIONS = 8
# The mean layer gives 0..2047, for -128 to 127 7/8.
MEAN_ZERO = 1024
MAX_MEAN = 2 * MEAN_ZERO - 1
MAX_CONTEXT = 127  # |q| as the convolution sees it
_CHUNK = 4096  # latents predicted at once

Array = NDArray[Any]
Integers = NDArray[np.int32]
# Decodes one value for each table number.
Read = Callable[[Array], Array]


class ContextModel(NamedTuple):
    """Attributes:

    axes: the axes of the latents (0 row, 1 column, 2 channel) from the slowest to the fastest in
        raster order.
    convolution: kernel [k0, k1, k2, features] along `axes`, 0 where not before its middle.
    joint: 1x1 layers on the features of a latent, those of the convolution first.
    table, mean: 1x1 layers of one output.
    """

    axes: tuple[int, ...]
    convolution: IntegerConv
    joint: tuple[IntegerConv, ...]
    table: IntegerConv
    mean: IntegerConv

    @property
    def kernel(self) -> wavefront.Sizes:
        """The convolution's size along `axes`."""
        k0, k1, k2 = self.convolution.kernel.shape[:3]
        return k0, k1, k2

    @property
    def hyper_features(self) -> int:
        """How many features of a latent come from the hyper-latents."""
        first = self.joint[0] if self.joint else self.table
        return int(first.kernel.shape[2] - self.convolution.kernel.shape[3])

    @property
    def layers(self) -> tuple[IntegerConv, ...]:
        """All layers."""
        return (self.convolution, *self.joint, self.table, self.mean)

    def check(self) -> None:
        """Raises `BundleError` unless the bounds that make every implementation agree hold."""
        if sorted(self.axes) != [0, 1, 2]:
            raise BundleError(f"the context model has axes {self.axes}: export the bundle again")
        kernel = self.convolution.kernel
        if kernel.ndim != 4 or not all(size % 2 for size in kernel.shape[:3]):
            raise BundleError(f"the context kernel is {kernel.shape}: export the bundle again")
        if kernel[~wavefront.taps(self.kernel)].any():
            raise BundleError("the context model looks ahead: export the bundle again")
        flat = kernel.reshape(1, 1, -1, kernel.shape[3])
        first = self.convolution._replace(kernel=flat)
        _check("context", first, None, scales.MAX_ACTIVATION, MAX_CONTEXT)
        channels = kernel.shape[3] + self.hyper_features
        for layer in self.joint:
            _check("joint", layer, channels, scales.MAX_ACTIVATION)
            channels = layer.kernel.shape[3]
        last = (("table", self.table, scales.SCALES - 1), ("mean", self.mean, MAX_MEAN))
        for name, layer, maximum in last:
            _check(name, layer, channels, maximum)
            if layer.kernel.shape[3] != 1:
                raise BundleError(f"the {name} layer has more than one output: export again")


class Coded(NamedTuple):
    """Latents in the order of the stream: the table of each, and the value coded with it."""

    tables: Integers
    values: Integers


def encode(model: ContextModel, features: Array, q: Integers) -> Coded:
    """What the range coder writes for latents q [h, w, C].

    Args:
      model: the context model.
      features: what the hyper decoder gives, uint8 [h, w, C * hyper_features]; the features of a
        latent lie side by side.
      q: the latents.
    """
    predictor = Predictor(model, features)
    predictor.fill(q)
    places = [predictor.place(front) for front in wavefront.fronts(predictor.shape, model.kernel)]
    element, cell = (np.concatenate(parts) for parts in zip(*places))
    tables, whole = np.empty(element.size, np.int32), np.empty(element.size, np.int32)
    for first in range(0, element.size, _CHUNK):
        part = slice(first, first + _CHUNK)
        tables[part], whole[part] = predictor(element[part], cell[part])
    values = np.transpose(q, model.axes).reshape(-1)[element] - whole
    return Coded(tables, values.astype(np.int32))


def decode(
    model: ContextModel, features: Array, read: Read, at_once: int | None = None
) -> Integers:
    """The latents q [h, w, C] from a stream.

    Args:
      model, features: as for `encode`.
      read: decodes the next values of the stream.
      at_once: the most latents to predict together; by default those of a front. The result does
        not depend on it.
    """
    predictor = Predictor(model, features)
    result = np.empty(int(np.prod(predictor.shape)), np.int32)
    for front in wavefront.fronts(predictor.shape, model.kernel):
        all_elements, all_cells = predictor.place(front)
        step = at_once or len(all_elements)
        for first in range(0, len(all_elements), step):
            element, cell = all_elements[first : first + step], all_cells[first : first + step]
            tables, whole = predictor(element, cell)
            values = read(tables) + whole
            predictor.put(cell, values)
            result[element] = values
    order = np.argsort(model.axes)
    return np.ascontiguousarray(np.transpose(result.reshape(predictor.shape), order))


class Predictor:
    """Table and mean of latents, given those before them.

    Elements are numbered in raster order along the model's axes; cells are their places in an array
    that is padded with zeros. `exact` computes in int64, as the specification is written, instead
    of in float32.
    """

    def __init__(self, model: ContextModel, features: Array, exact: bool = False) -> None:
        self._number: Any = np.int64 if exact else np.float32
        height, width, _ = features.shape
        grid = features.reshape(height, width, -1, model.hyper_features)
        grid = np.ascontiguousarray(np.transpose(grid, (*model.axes, 3)))
        self._axes = model.axes
        self.shape: wavefront.Sizes = (grid.shape[0], grid.shape[1], grid.shape[2])
        self._features = grid.reshape(-1, model.hyper_features).astype(self._number)
        (n0, n1, n2), (r0, r1, r2) = self.shape, (size // 2 for size in model.kernel)
        self._inside = np.s_[r0:, r1 : r1 + n1, r2 : r2 + n2]
        self._canvas = np.zeros([r0 + n0, n1 + 2 * r1, n2 + 2 * r2], self._number)
        self._cells = self._canvas.reshape(-1)
        lines = np.arange(n0)[:, None] * (n1 + 2 * r1) + np.arange(n1)
        step = n2 + 2 * r2
        self._lines = lines.ravel() * step  # the cell of the kernel's first tap, less the depth
        self._middle = (r0 * (n1 + 2 * r1) + r1) * step + r2
        # The kernel's lines up to its middle, each gathered at once; the taps of the last one that
        # do not come before the middle are 0.
        k0, k1, k2 = model.kernel
        used = np.arange(k0 * k1 // 2 + 1)
        self._taps = (used // k1 * (n1 + 2 * r1) + used % k1) * step
        self._runs: Array = np.ndarray(
            self._cells.size - k2 + 1,
            np.dtype((np.void, k2 * self._cells.itemsize)),
            self._canvas,
            strides=(self._cells.itemsize,),
        )
        kernel = model.convolution.kernel.reshape(k0 * k1, k2, -1)[used]
        kernel = kernel.reshape(1, 1, used.size * k2, -1)
        self._convolution = _Layer(self._number, model.convolution._replace(kernel=kernel))
        self._joint = [_Layer(self._number, layer) for layer in model.joint]
        self._heads = _Layer(self._number, model.table, model.mean)

    def place(self, front: wavefront.Front) -> tuple[Array, Array]:
        """The elements of a front, and their cells."""
        return front.line * self.shape[2] + front.depth, self._lines[front.line] + front.depth

    def fill(self, q: Integers) -> None:
        """Takes over all latents [h, w, C]."""
        clipped = np.clip(q, -MAX_CONTEXT, MAX_CONTEXT)
        self._canvas[self._inside] = np.transpose(clipped, self._axes)

    def put(self, cells: Array, q: Array) -> None:
        """Takes over some latents."""
        self._cells[cells + self._middle] = np.minimum(np.maximum(q, -MAX_CONTEXT), MAX_CONTEXT)

    def __call__(self, elements: Array, cells: Array) -> tuple[Integers, Integers]:
        """The table of each element, and the whole part of its mean."""
        gathered = self._runs[cells[:, None] + self._taps].view(self._number)
        a = self._convolution(gathered)
        a = np.concatenate([a, self._features.take(elements, axis=0)], axis=1)
        for layer in self._joint:
            a = layer(a)
        heads = self._heads(a).astype(np.int32)
        eighths = heads[:, 1] - MEAN_ZERO
        return heads[:, 0] * FRACTIONS + eighths % FRACTIONS, eighths // FRACTIONS


class _Layer:
    """1x1 layers with the same input as one, on rows of features, in float32 or int64.

    In float32 kernel and bias are multiplied by 2^-shift beforehand, which changes no bit but those
    of the exponents.
    """

    def __init__(self, number: Any, *layers: IntegerConv) -> None:
        def together(values: list[Array]) -> Array:
            return np.concatenate(values, axis=-1).astype(np.int64)

        def each(name: str) -> Array:
            return together([np.full(len(layer.bias), getattr(layer, name)) for layer in layers])

        self._exact = number is np.int64
        self._shift, self._maximum = each("shift"), each("maximum").astype(number)
        kernel = together([layer.kernel[0, 0] for layer in layers])
        bias = together([layer.bias for layer in layers]) + (1 << (self._shift - 1))
        scale: Any = 1 if self._exact else 2.0**-self._shift
        self._kernel = np.ascontiguousarray(kernel * scale, number)
        self._bias = np.asarray(bias * scale, number)

    def __call__(self, a: Array) -> Array:
        total: Array = a @ self._kernel
        total += self._bias
        if self._exact:
            total >>= self._shift
        else:
            np.floor(total, out=total)
        np.maximum(total, 0, out=total)
        return np.minimum(total, self._maximum, out=total)


def _check(
    name: str,
    layer: IntegerConv,
    channels: int | None,
    maximum: int,
    largest: int = scales.MAX_ACTIVATION,
) -> None:
    problem = scales.problem(layer, channels, maximum, largest)
    if layer.kernel.shape[:2] != (1, 1) or layer.upscale != 1:
        problem = problem or "is not pointwise"
    if problem:
        raise BundleError(f"the {name} layer {problem}: export the bundle again")
