"""The peak signal-to-noise ratio (PSNR) of two pictures, and that of their colours alone."""

from __future__ import annotations

import math

import numpy as np

from tfgan_codec.errors import UsageError

PEAK = 255.0
# Cb and Cr of JFIF (BT.601 at full range), without the 128 that differences do not see.
_TO_CHROMA = np.array([[-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
_ROWS = 256  # rows per step: differences of a 12 MP picture are never held at once


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """Returns PSNR in dB over all samples, `10 log10(255^2 / MSE)`; infinity for equal pictures.

    Takes two arrays of one shape, uint8 or float with values 0..255. The PSNR of a set is the mean
    of its pictures' values, never the PSNR of their mean error.
    """
    check_pair(a, b)
    total = 0.0
    for row in range(0, a.shape[0], _ROWS):
        difference = a[row : row + _ROWS].astype(np.float64) - b[row : row + _ROWS]
        total += float(np.sum(difference * difference))
    if total == 0.0:
        return math.inf
    return 10.0 * math.log10(PEAK * PEAK * a.size / total)


def psnr_chroma(a: np.ndarray, b: np.ndarray) -> float:
    """Returns PSNR in dB over Cb and Cr of two RGB pictures, HxWx3, uint8 or float in 0..255.

    Both are as BT.601 defines them, at full range (as in JPEG files), unrounded, at full
    resolution.
    """
    check_pair(a, b)
    if a.ndim != 3 or a.shape[2] != 3:
        raise UsageError(f"PSNR of chroma takes height x width x 3, not shape {a.shape}")
    return psnr(_chroma(a), _chroma(b))


def _chroma(picture: np.ndarray) -> np.ndarray:
    """Returns Cb and Cr. What a grey has of them by rounding errors is cut off."""
    return np.round(picture @ _TO_CHROMA.T, 9)


def check_side(name: str, picture: np.ndarray, smallest: int) -> None:
    """Raises `UsageError` if a picture is too small for the metric of that name."""
    if min(picture.shape[:2]) < smallest:
        raise UsageError(
            f"{name} needs at least {smallest} pixels a side, the picture is "
            f"{picture.shape[1]}x{picture.shape[0]}"
        )


def check_pair(a: np.ndarray, b: np.ndarray) -> None:
    """Raises UsageError unless both are non-empty arrays of one shape."""
    if a.shape != b.shape:
        raise UsageError(f"the pictures differ in shape: {a.shape} and {b.shape}")
    if a.size == 0:
        raise UsageError("the pictures are empty")
