"""The few operations of the metrics' networks, in numpy, on float32 [n, height, width, c].

Convolutions are matrix products over gathered windows, in blocks that stay in the processor's
cache. That is within a factor of two or so of TensorFlow on a CPU, and lets every metric run
wherever numpy does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_BLOCK = 1 << 20  # elements of gathered windows at a time


def conv2d(
    x: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray,
    stride: int = 1,
    padding: tuple[int, int] = (0, 0),
) -> np.ndarray:
    """Returns ReLU(x * kernel + bias), kernel [height, width, c, filters]; `padding` is the number
    of rows and of columns of zeros to add on each side."""
    height, width, _, filters = kernel.shape
    x = _pad(x, padding, 0.0)
    axes: Any = (1, 2)  # numpy's types know of one axis alone
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axes)
    windows = windows[:, ::stride, ::stride].transpose(0, 1, 2, 4, 5, 3)
    count, rows, columns = windows.shape[:3]
    out = np.empty((count, rows, columns, filters), np.float32)
    matrix = kernel.reshape(-1, filters)
    images_per_block = max(1, _BLOCK // (rows * columns * len(matrix)))
    rows_per_block = rows if images_per_block > 1 else max(1, _BLOCK // (columns * len(matrix)))
    for first in range(0, count, images_per_block):
        for top in range(0, rows, rows_per_block):
            block = np.s_[first : first + images_per_block, top : top + rows_per_block]
            product = windows[block].reshape(-1, len(matrix)) @ matrix
            product += bias
            np.maximum(product, 0.0, out=product)
            out[block] = product.reshape(out[block].shape)
    return out


def max_pool(x: np.ndarray, size: int, stride: int, padding: int = 0) -> np.ndarray:
    """Returns the largest value of each whole window of `size` x `size`; padding never wins."""
    x = _pad(x, (padding, padding), -np.inf)
    for axis in (1, 2):
        count = (x.shape[axis] - size) // stride + 1
        slices = [_every(x, axis, i, stride, count) for i in range(size)]
        x = np.maximum(slices[0], slices[1])
        for other in slices[2:]:
            np.maximum(x, other, out=x)
    return x


def low_pass(x: np.ndarray, stride: int = 1) -> np.ndarray:
    """Returns every `stride`-th mean of three neighbours, weighted 1/4, 1/2, 1/4, down and across;
    zeros stand beyond the border."""
    x = _pad(x, (1, 1), 0.0)
    for axis in (1, 2):
        count = (x.shape[axis] - 3) // stride + 1
        before, here, after = (_every(x, axis, i, stride, count) for i in range(3))
        x = np.float32(0.25) * (before + after) + np.float32(0.5) * here
    return x


def average_pool_3x3(x: np.ndarray) -> np.ndarray:
    """Returns means of 3x3 windows of stride 1; at the border, of the pixels that are there."""
    sums = _pad(x, (1, 1), 0.0)
    ones = _pad(np.ones((1, *x.shape[1:3], 1), np.float32), (1, 1), 0.0)
    for axis in (1, 2):
        sums, ones = _sum_of_three(sums, axis), _sum_of_three(ones, axis)
    return sums / ones


def _sum_of_three(x: np.ndarray, axis: int) -> np.ndarray:
    first, second, third = (_every(x, axis, i, 1, x.shape[axis] - 2) for i in range(3))
    return first + second + third


def _every(x: np.ndarray, axis: int, first: int, stride: int, count: int) -> np.ndarray:
    index = [slice(None)] * x.ndim
    index[axis] = slice(first, first + stride * (count - 1) + 1, stride)
    return x[tuple(index)]


def _pad(x: np.ndarray, padding: tuple[int, int], value: float) -> np.ndarray:
    vertical, horizontal = padding
    if not vertical and not horizontal:
        return x
    widths = ((0, 0), (vertical, vertical), (horizontal, horizontal), (0, 0))
    return np.pad(x, widths, constant_values=value)
