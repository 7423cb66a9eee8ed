"""Fills the pixels of a picture that its alpha plane hides: nobody sees them, so they should cost
as little as possible."""

from __future__ import annotations

import numpy as np

from tfgan_codec.coding import pyramid
from tfgan_codec.format.geometry import Floats, round_half_up
from tfgan_codec.pictures.picture import Pixels

_NOTHING_SEEN = 128  # the level of a picture that is hidden everywhere


def filled(rgb: Pixels, alpha: Pixels | None) -> Pixels:
    """Returns a picture, uint8 [height, width, 3], whose pixels under alpha 0 go on smoothly from
    those that are seen, which stay as they are.

    Each hidden pixel takes the mean of what is seen around it, in the smallest of the blocks of
    2x2, 4x4, 8x8 ... pixels around it in which anything is seen, interpolated between blocks.
    """
    if alpha is None or alpha.all():
        return rgb
    seen = (alpha > 0)[..., None]
    if not seen.any():
        return np.full_like(rgb, _NOTHING_SEEN)
    smooth = _extended(rgb.astype(np.float32), seen.astype(np.float32))
    return np.where(seen, rgb, np.clip(round_half_up(smooth), 0, 255).astype(np.uint8))


def _extended(x: Floats, weight: Floats) -> Floats:
    """Fills x [h, w, c] where its weight [h, w, 1], 0..1, is below 1, from x at half the size."""
    if weight.min() == 1:
        return x
    total = pyramid.halve(weight)
    mean = pyramid.halve(x * weight) / np.maximum(total, np.float32(1e-9))
    # A block counts in full as soon as a pixel of it is seen.
    below = _extended(mean, np.minimum(4 * total, np.float32(1)))
    larger = pyramid.double(below)[: x.shape[0], : x.shape[1]]
    return weight * x + (1 - weight) * larger
