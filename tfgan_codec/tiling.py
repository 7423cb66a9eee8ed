"""Runs a network over arrays too large for memory, in overlapping windows.

A network maps cells to cells: `Geometry.cell` x `Geometry.cell` input positions belong to
`Geometry.out` x `Geometry.out` output positions (analysis 16 to 1, synthesis 1 to 16). Windows
start and end on cell borders, and each carries a halo of context that is thrown away afterwards.
With a halo as wide as the network's receptive field reaches, the result is that of one run over
the whole array, up to float rounding: a window touches the array's border only where the whole
array does, so the zero padding of convolutions is the same too.

All windows of an array have the same shape, because LiteRT plans its memory anew for each shape.
Networks for some devices have a fixed shape, `Geometry.tile`; smaller arrays are extended to it.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.errors import BundleError

# A halo that stands for "an output depends on the whole input", which is then never cut.
WHOLE = 1 << 20
# 8192 cells of 16x16 pixels are 2 megapixels: pictures up to there run in one piece.
MAX_CELLS = 8192

Array = NDArray[Any]
Function = Callable[..., Array]  # takes one array [h, w, c]


class Geometry(NamedTuple):
    """Says how a network's input positions relate to its output positions, along each axis."""

    cell: int  # input positions per cell
    out: int  # output positions per cell
    halo: int  # input positions to each side that an output position depends on
    tile: int = 0  # side in cells of the one shape that the network takes; 0: it takes any


class Window(NamedTuple):
    """Is a stretch of cells [start, stop) to run, of which [keep_start, keep_stop) is kept."""

    start: int
    stop: int
    keep_start: int
    keep_stop: int


def run(
    function: Function,
    geometry: Geometry,
    x: Array,
    finish: Function | None = None,
    max_cells: int = MAX_CELLS,
) -> Array:
    """Returns ``finish(function(x))`` for an array [h, w, c] of whole cells.

    Args:
      function: runs the network.
      geometry: the network's.
      x: the input; h and w are multiples of ``geometry.cell``.
      finish: applied to what is kept of each window, so that a large picture never exists as
        float32.
      max_cells: area of the largest window to run.
    """
    cell, out = geometry.cell, geometry.out
    height, width = x.shape[0] // cell, x.shape[1] // cell
    rows_of, columns_of = plan(geometry, height, width, max_cells)
    if geometry.tile:
        x = _extend(x, geometry.tile * cell)
    result: Array | None = None
    for row in rows_of:
        for column in columns_of:
            rows = slice(row.start * cell, row.stop * cell)
            y = function(x[rows, column.start * cell : column.stop * cell])
            whole = (row.stop - row.start) * out, (column.stop - column.start) * out
            if y.shape[:2] != whole:
                raise BundleError(f"a network gives {y.shape[:2]} positions instead of {whole}")
            kept = y[_kept(row, out), _kept(column, out)]
            kept = finish(kept) if finish else kept
            if result is None:
                if kept.shape[:2] == (height * out, width * out):
                    return kept
                result = np.empty((height * out, width * out, kept.shape[2]), kept.dtype)
            result[
                row.keep_start * out : row.keep_stop * out,
                column.keep_start * out : column.keep_stop * out,
            ] = kept
    assert result is not None
    return result


def plan(
    geometry: Geometry, height: int, width: int, max_cells: int = MAX_CELLS
) -> tuple[list[Window], list[Window]]:
    """Returns the stretches of rows and of columns, in cells, in which `run` goes over an array of
    `height` x `width` cells: each with each is a window."""
    halo = -(-geometry.halo // geometry.cell)
    if geometry.tile:
        rows, columns = (fixed(size, geometry.tile, halo) for size in (height, width))
    else:
        max_height, max_width = _window_limits(height, width, max_cells)
        rows, columns = split(height, max_height, halo), split(width, max_width, halo)
    return rows, columns


def split(size: int, limit: int, halo: int) -> list[Window]:
    """Returns equally long windows, of about `limit` cells or less, that cover `size` cells."""
    if size <= limit:
        return [Window(0, size, 0, size)]
    # A limit close to the halo would drown the kept part in context.
    core = max(limit - 2 * halo, 2 * halo, 1)
    count = max(1, -(-(size - 2 * halo) // core))
    length = min(size, -(-(size - 2 * halo) // count) + 2 * halo)
    return _windows(size, length, halo, count)


def fixed(size: int, tile: int, halo: int) -> list[Window]:
    """Returns windows of exactly `tile` cells that cover `size` cells, or reach beyond if `size` is
    smaller."""
    count = max(1, -(-(size - 2 * halo) // (tile - 2 * halo)))
    return _windows(max(size, tile), tile, halo, count, size)


def _windows(
    size: int, length: int, halo: int, count: int, used: int | None = None
) -> list[Window]:
    """Returns `count` windows of `length` that cover `size` cells and keep the first `used` of
    them, by default all."""
    windows: list[Window] = []
    for i in range(count):
        start = min(i * (length - 2 * halo), size - length)
        keep_start = windows[-1].keep_stop if windows else 0
        keep_stop = (used or size) if i == count - 1 else start + length - halo
        windows.append(Window(start, start + length, keep_start, keep_stop))
    return windows


def _extend(x: Array, side: int) -> Array:
    """Extends an array smaller than `side` positions, repeating its last row and column."""
    missing = [(0, max(0, side - size)) for size in x.shape[:2]]
    return np.pad(x, [*missing, (0, 0)], mode="edge") if any(m for _, m in missing) else x


def _window_limits(height: int, width: int, max_cells: int) -> tuple[int, int]:
    """Returns rows and columns of the largest window of `max_cells`, nearly square if it can be."""
    side = int(max_cells**0.5)
    if height <= width:
        rows = min(height, side)
        return rows, max_cells // rows
    columns = min(width, side)
    return max_cells // columns, columns


def _kept(window: Window, out: int) -> slice:
    first = window.keep_start - window.start
    return slice(first * out, (first + window.keep_stop - window.keep_start) * out)
