"""SSIM (Wang et al. 2004) and MS-SSIM (Wang et al. 2003) in numpy, equal to `tf.image` to 1e-5.

Departures from the papers are those of `tf.image.ssim` and `ssim_multiscale`: each RGB channel is
measured on its own and the results are averaged (after the product over scales); filters see whole
windows only; halving is a 2x2 mean, an odd last row or column being repeated.

The 11-tap Gaussian runs as two small matrix products per tile, which is several times faster than
sliced sums and needs a megabyte beyond the pictures whatever their size (12 megapixels: 1 s for
SSIM, 2 s for MS-SSIM on one core). A tile's mean is taken off first: float32 then loses nothing
when squared means are subtracted from mean squares.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics.psnr import PEAK, check_pair, check_side

TAPS = 11
SIGMA = 1.5
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang et al. 2003
SMALLEST_SIDE = (TAPS - 1) * 2 ** (len(SCALE_WEIGHTS) - 1) + 1  # 161: 11 are left at the last scale

C1 = (0.01 * PEAK) ** 2
C2 = (0.03 * PEAK) ** 2
_TILE = 48  # outputs per side and step


class _Terms(NamedTuple):
    ssim: np.ndarray  # mean of luminance * contrast-structure, per channel
    contrast: np.ndarray  # mean of contrast-structure alone, per channel


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Returns the mean SSIM of two HxWx3 (or HxW) arrays, uint8 or float with values 0..255.

    Raises UsageError where a side is under 11 pixels: no whole window fits.
    """
    a, b = _pair(a, b, TAPS, "SSIM")
    return float(np.mean(_terms(a, b).ssim))


def ms_ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Returns MS-SSIM over the five standard scales, for arrays as `ssim` takes.

    Raises UsageError where a side is under 161 pixels: the fifth scale would hold no whole window,
    and with fewer scales the number could not be compared with others.
    """
    a, b = _pair(a, b, SMALLEST_SIDE, "MS-SSIM")
    product = np.ones(a.shape[2])
    for scale, weight in enumerate(SCALE_WEIGHTS):
        if scale:
            a, b = _halve(a), _halve(b)
        terms = _terms(a, b)
        last = scale == len(SCALE_WEIGHTS) - 1
        product *= np.maximum(terms.ssim if last else terms.contrast, 0.0) ** weight
    return float(np.mean(product))


def _pair(a: np.ndarray, b: np.ndarray, smallest: int, name: str) -> tuple[np.ndarray, np.ndarray]:
    check_pair(a, b)
    if a.ndim == 2:
        a, b = a[..., None], b[..., None]
    if a.ndim != 3:
        raise UsageError(
            f"{name} takes one picture, height x width x channels, not shape {a.shape}"
        )
    check_side(name, a, smallest)
    return a, b


def _terms(a: np.ndarray, b: np.ndarray) -> _Terms:
    height, width, channels = a.shape
    ssim_sum, contrast_sum = np.zeros(channels), np.zeros(channels)
    for top in range(0, height - TAPS + 1, _TILE):
        for left in range(0, width - TAPS + 1, _TILE):
            window = np.s_[top : top + _TILE + TAPS - 1, left : left + _TILE + TAPS - 1]
            contrast, luminance = _factors(a[window], b[window])
            contrast_sum += contrast.sum(axis=(1, 2), dtype=np.float64)
            ssim_sum += (luminance * contrast).sum(axis=(1, 2), dtype=np.float64)
    count = (height - TAPS + 1) * (width - TAPS + 1)
    return _Terms(ssim_sum / count, contrast_sum / count)


def _factors(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns contrast-structure and luminance at each window, each [channels, height, width]."""
    height, width, channels = a.shape
    center = np.round(a.mean(axis=(0, 1))).astype(np.float32)[:, None, None]
    maps = np.empty((4, channels, height, width), np.float32)
    x, y, squares, cross = maps
    np.subtract(np.moveaxis(a, 2, 0), center, out=x)
    np.subtract(np.moveaxis(b, 2, 0), center, out=y)
    np.multiply(x, y, out=cross)
    np.add(x * x, y * y, out=squares)
    mean_x, mean_y, squares, cross = _blur(maps)
    contrast = (2.0 * (cross - mean_x * mean_y) + C2) / (
        squares - mean_x * mean_x - mean_y * mean_y + C2
    )
    mean_x += center
    mean_y += center
    luminance = (2.0 * mean_x * mean_y + C1) / (mean_x * mean_x + mean_y * mean_y + C1)
    return contrast, luminance


def _blur(tiles: np.ndarray) -> np.ndarray:
    height, width = tiles.shape[-2:]
    return _BAND[: height - TAPS + 1, :height] @ tiles @ _BAND[: width - TAPS + 1, :width].T


def band(size: int) -> np.ndarray:
    """Returns a matrix, float32 [size - 10, size], whose row i holds the Gaussian's taps at columns
    i..i+10."""
    taps = np.exp(-0.5 * ((np.arange(TAPS) - TAPS // 2) / SIGMA) ** 2)
    taps /= taps.sum()
    rows = np.zeros((size - TAPS + 1, size), np.float32)
    for row in range(len(rows)):
        rows[row, row : row + TAPS] = taps
    return rows


_BAND = band(_TILE + TAPS - 1)


def _halve(a: np.ndarray) -> np.ndarray:
    height, width = a.shape[:2]
    if height % 2 or width % 2:
        a = np.pad(a, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    total = a[0::2, 0::2].astype(np.float32)
    total += a[0::2, 1::2]
    total += a[1::2, 0::2]
    total += a[1::2, 1::2]
    return total * np.float32(0.25)
