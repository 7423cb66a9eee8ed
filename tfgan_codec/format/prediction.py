"""Runs the context model: predicts table and mean of each latent from the latents before it.

A latent has two numbers here: its element, counted in raster order along the model's axes, and its
cell, its place on the padded `Canvas`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.format import wavefront
from tfgan_codec.format.context_model import FRACTIONS, MAX_CONTEXT, MEAN_ZERO, ContextModel
from tfgan_codec.format.scales import IntegerConv

Array = NDArray[Any]
Integers = NDArray[np.int32]


class Canvas:
    """Holds the latents known so far, padded with zeros so that every context lies inside.

    A kernel of k0 x k1 x k2 reaches ri = ki // 2 to each side, but along the first axis only
    backwards, since what comes later is not known. So latents of n0 x n1 x n2 stand at

        axis 0:  r0 zeros | n0 latents
        axis 1:  r1 zeros | n1 latents | r1 zeros
        axis 2:  r2 zeros | n2 latents | r2 zeros

    and all is stored as one line of cells. The *cell* of a latent is that of its context's first
    tap, r0, r1 and r2 before it. A context is read as `lines` runs of k2 cells: the rows of the
    kernel up to the one through its middle.

    Args:
      shape: n0, n1 and n2.
      kernel: k0, k1 and k2, all odd.
      number: the type of the cells.
    """

    def __init__(self, shape: wavefront.Sizes, kernel: wavefront.Sizes, number: Any) -> None:
        (n0, n1, n2), (_, k1, k2) = shape, kernel
        r0, r1, r2 = (size // 2 for size in kernel)
        row, plane = n2 + 2 * r2, (n1 + 2 * r1) * (n2 + 2 * r2)  # cells from line to line
        self._number = number
        self._padded = np.zeros([r0 + n0, n1 + 2 * r1, row], number)
        self._inside = self._padded[r0:, r1 : r1 + n1, r2 : r2 + n2]
        self._cells = self._padded.reshape(-1)
        self._middle = r0 * plane + r1 * row + r2  # from the first tap of a context to its latent
        self._first_cells = (np.arange(n0)[:, None] * plane + np.arange(n1) * row).ravel()
        self.lines = kernel[0] * k1 // 2 + 1
        i0, i1 = np.divmod(np.arange(self.lines), k1)
        self._starts = i0 * plane + i1 * row
        # Each run of k2 cells as one value of k2 numbers' size: NumPy then gathers a run in one
        # copy, half as long as cell by cell.
        run = np.dtype((np.void, k2 * self._cells.itemsize))
        runs = self._cells.size - k2 + 1
        self._runs: Array = np.ndarray(runs, run, self._padded, strides=self._cells.strides)

    def cells(self, front: wavefront.Front) -> Array:
        """Returns the cell of each latent of a front, [n]."""
        return self._first_cells[front.line] + front.depth

    def fill(self, q: Integers) -> None:
        """Stores all latents [n0, n1, n2], clipped to +-`MAX_CONTEXT`."""
        self._inside[:] = np.clip(q, -MAX_CONTEXT, MAX_CONTEXT)

    def put(self, cells: Array, q: Array) -> None:
        """Stores latents [n] at their cells [n], clipped to +-`MAX_CONTEXT`."""
        self._cells[cells + self._middle] = np.minimum(np.maximum(q, -MAX_CONTEXT), MAX_CONTEXT)

    def contexts(self, cells: Array) -> Array:
        """Returns the latents under the kernel for each cell, [cells, lines * k2]."""
        return self._runs[cells[:, None] + self._starts].view(self._number)


class Predictor:
    """Predicts latents from those on its canvas and from the hyper-latents.

    Args:
      model: the context model.
      features: output of the hyper decoder, uint8 [h, w, C * hyper_features].
      exact: whether to compute in int64, as the specification is written, instead of in float32.
    """

    def __init__(self, model: ContextModel, features: Array, exact: bool = False) -> None:
        number: Any = np.int64 if exact else np.float32
        height, width, _ = features.shape
        grid = features.reshape(height, width, -1, model.hyper_features)
        grid = np.transpose(grid, (*model.axes, 3))
        self.shape: wavefront.Sizes = (grid.shape[0], grid.shape[1], grid.shape[2])
        self.canvas = Canvas(self.shape, model.kernel, number)
        self._features = grid.reshape(-1, model.hyper_features).astype(number)
        # The taps of the middle row that do not come before the middle are 0.
        kernel = model.convolution.kernel
        kernel = kernel.reshape(-1, *kernel.shape[2:])[: self.canvas.lines]
        kernel = kernel.reshape(1, 1, -1, kernel.shape[-1])
        self._convolution = Pointwise(number, model.convolution._replace(kernel=kernel))
        self._joint = [Pointwise(number, layer) for layer in model.joint]
        self._heads = Pointwise(number, model.table, model.mean)

    def elements(self, front: wavefront.Front) -> Array:
        """Returns the element number of each latent of a front, [n]."""
        return front.line * self.shape[2] + front.depth

    def __call__(self, elements: Array, cells: Array) -> tuple[Integers, Integers]:
        """Returns the table of each latent and the whole part of its mean, each int32 [n]."""
        a = self._convolution(self.canvas.contexts(cells))
        a = np.concatenate([a, self._features.take(elements, axis=0)], axis=1)
        for layer in self._joint:
            a = layer(a)
        heads = self._heads(a).astype(np.int32)
        eighths = heads[:, 1] - MEAN_ZERO
        return heads[:, 0] * FRACTIONS + eighths % FRACTIONS, eighths // FRACTIONS


class Pointwise:
    """Computes 1x1 layers that share their input [n, features] as one, in float32 or int64.

    For float32, kernel and bias are multiplied by 2^-shift once, which is exact: only exponents
    change.
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
