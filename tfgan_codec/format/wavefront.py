"""Finds the latents that can be decoded at the same time, though each depends on those before it.

A masked 3-D convolution of kernel k0 x k1 x k2, reach ri = (ki - 1) / 2, predicts the element x of
a grid from the elements x + d with |di| <= ri and d before (0, 0, 0) in raster order. One element
after the other is slow. But let

    t(x) = a x0 + b x1 + x2        b = r2 + 1,  a = (r1 + 1) b

Then all elements of one t, a *front*, can be predicted together from the fronts before it. Proof: t
falls by at least 1 along every such d.

- d0 = d1 = 0: then d2 <= -1, and t changes by d2.
- d0 = 0, d1 <= -1: t changes by b d1 + d2 <= -b + r2 = -1.
- d0 <= -1: t changes by a d0 + b d1 + d2 <= -a + b r1 + r2 = -(r1 + 1) b + r1 b + b - 1 = -1.

The last two are equalities for some d, so no smaller b, and then no smaller a, will do. A grid of
n0 x n1 x n2 has a (n0 - 1) + b (n1 - 1) + n2 fronts, few where the longest axis is the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Sizes = tuple[int, int, int]


class Front(NamedTuple):
    """Holds the elements of one front: `line` [n] is x0 * n1 + x1 of each, `depth` [n] its x2."""

    line: Array
    depth: Array


def strides(kernel: Sizes) -> Sizes:
    """Returns the coefficients (a, b, 1) of t(x) for a kernel of these (odd) sizes."""
    b = kernel[2] // 2 + 1
    return (kernel[1] // 2 + 1) * b, b, 1


def fronts(shape: Sizes, kernel: Sizes) -> Iterator[Front]:
    """Yields the fronts of a grid in order of t, leaving out those without elements.

    The elements of a front come by rising a x0 + b x1, then x0.
    """
    n0, n1, n2 = shape
    a, b, _ = strides(kernel)
    start = (a * np.arange(n0)[:, None] + b * np.arange(n1)).ravel()
    lines = np.argsort(start, kind="stable")
    start = start[lines]
    times = np.arange(start[-1] + n2)
    # The lines whose start is in t - n2 + 1 .. t have an element at t.
    firsts = np.searchsorted(start, times - n2, side="right")
    lasts = np.searchsorted(start, times, side="right")
    for t, first, last in zip(times.tolist(), firsts.tolist(), lasts.tolist()):
        if first < last:
            yield Front(lines[first:last], t - start[first:last])


def taps(kernel: Sizes) -> NDArray[np.bool_]:
    """Returns the mask of the convolution: true for kernel elements that precede the middle."""
    before = np.arange(int(np.prod(kernel))) < int(np.prod(kernel)) // 2
    return before.reshape(kernel)
