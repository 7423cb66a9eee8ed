"""The grids of a picture, its latents and its hyper-latents: strides, sizes, padding, rounding.

A latent stands for `STRIDE` x `STRIDE` pixels, a hyper-latent for `HYPER_STRIDE` x `HYPER_STRIDE`
latents; pictures that are not multiples of these are padded at the bottom and the right.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

STRIDE = 16  # pixels per latent
HYPER_STRIDE = 4  # latents per hyper-latent
QUALITIES = 256  # levels of a model of variable rate

Array = NDArray[Any]
Floats = NDArray[np.float32]
Integers = NDArray[np.int32]


def latent_size(height: int, width: int) -> tuple[int, int]:
    """Returns the height and the width of the latents of a picture of this size in pixels."""
    return -(-height // STRIDE), -(-width // STRIDE)


def round_half_up(x: Floats) -> Floats:
    """Returns floor(x + 1/2), the one rounding of this codec."""
    shifted = x + np.float32(0.5)
    rounded: Floats = np.floor(shifted, out=shifted)  # large arrays take their time to make
    return rounded


def pad_zeros(x: Array, multiple: int) -> Array:
    """Pads [height, width, channels] with zeros at the bottom and right to whole `multiple`s."""
    return np.pad(x, _padding(x, multiple))


def pad_edges(x: Array, multiple: int) -> Array:
    """Pads as `pad_zeros` does, but repeats the last row and column."""
    return np.pad(x, _padding(x, multiple), mode="edge")


def _padding(x: Array, multiple: int) -> list[tuple[int, int]]:
    height, width = x.shape[:2]
    return [(0, -height % multiple), (0, -width % multiple), (0, 0)]
