"""Kernel Inception distance (Binkowski et al. 2018, arXiv:1801.01401) between two sets."""

from __future__ import annotations

import numpy as np

from tfgan_codec.errors import UsageError

_ROWS = 1024


def kernel_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Returns the unbiased squared MMD of two sets of features [n >= 2, d], kernel (x.y/d + 1)^3.

    It departs from the paper in taking all pairs at once in place of a mean over random subsets,
    which estimates the same number without chance and with less variance. It can be slightly
    negative.
    """
    if min(len(a), len(b)) < 2:
        raise UsageError("a kernel distance needs at least 2 pictures (or patches) in each set")
    a, b = a.astype(np.float64), b.astype(np.float64)
    within_a = _kernel_sum(a, a, diagonal=False) / (len(a) * (len(a) - 1))
    within_b = _kernel_sum(b, b, diagonal=False) / (len(b) * (len(b) - 1))
    return within_a + within_b - 2.0 * _kernel_sum(a, b) / (len(a) * len(b))


def _kernel_sum(a: np.ndarray, b: np.ndarray, diagonal: bool = True) -> float:
    total = 0.0
    for first in range(0, len(a), _ROWS):
        kernel = (a[first : first + _ROWS] @ b.T / a.shape[1] + 1.0) ** 3
        total += float(kernel.sum())
        if not diagonal:
            total -= float(np.trace(kernel, offset=first))
    return total
