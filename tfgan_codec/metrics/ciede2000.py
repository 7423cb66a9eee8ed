"""The colour difference CIEDE2000 (CIE 142-2001), as Sharma et al. (2005) write its formulas.

About 1 is what an eye just sees between two fields of colour side by side, 2 to 3 what it sees at a
glance. It is a difference of colours, not of pictures: it knows nothing of texture or of blur.
"""

from __future__ import annotations

import numpy as np

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics.psnr import PEAK, check_pair

# sRGB (IEC 61966-2-1) to XYZ under D65, whose white the rows add up to.
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
_ROWS = 64  # rows per step, so that a large picture needs little memory
_CHROMA = 25.0**7
_HALF_TURN = 180 + 1e-9  # degrees; opposite hues differ by 180 exactly, but for rounding


def ciede2000(a: np.ndarray, b: np.ndarray) -> float:
    """Returns the mean difference over the pixels of two sRGB pictures, HxWx3, uint8 or 0..255."""
    check_pair(a, b)
    if a.ndim != 3 or a.shape[2] != 3:
        raise UsageError(f"CIEDE2000 takes pictures of height x width x 3, not shape {a.shape}")
    total = 0.0
    for row in range(0, len(a), _ROWS):
        total += float(np.sum(difference(lab(a[row : row + _ROWS]), lab(b[row : row + _ROWS]))))
    return total / (a.shape[0] * a.shape[1])


def lab(picture: np.ndarray) -> np.ndarray:
    """Returns CIELAB of sRGB values 0..255, both [..., 3]: L in 0..100, a and b around 0."""
    rgb = picture.astype(np.float64) / PEAK
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = (_TO_XYZ / _TO_XYZ.sum(axis=1, keepdims=True)).T
    # Not as a matrix product, which may round one picture in two ways: equal ones differ by 0.
    xyz = sum(linear[..., i, None] * to_xyz[i] for i in range(3))
    edge = 6 / 29
    root = np.where(xyz > edge**3, np.cbrt(xyz), xyz / (3 * edge**2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Returns the differences of CIELAB colours [..., 3], with all weights (k_L, k_C, k_H) 1."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(first, -1, 0), np.moveaxis(second, -1, 0)
    # a is stretched where colours are grey; c and h are chroma and hue (degrees) after that.
    stretch = 1.5 - 0.5 * _saturation((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2)
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, stretch * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    colourless = c1 * c2 == 0  # which have no hue of their own
    far = np.abs(h2 - h1) > _HALF_TURN
    turn = np.where(colourless, 0.0, h2 - h1 - np.where(far, 360 * np.sign(h2 - h1), 0))
    both = h1 + h2 + np.where(far, np.where(h1 + h2 < 360, 360, -360), 0)
    hue = np.where(colourless, h1 + h2, both / 2)
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2

    def cosine(times: float, shift: float) -> np.ndarray:
        return np.asarray(np.cos(np.radians(times * hue + shift)))

    t = 1 - 0.17 * cosine(1, -30) + 0.24 * cosine(2, 0) + 0.32 * cosine(3, 6)
    t -= 0.20 * cosine(4, -63)
    squared = (lightness - 50) ** 2
    in_l = (l2 - l1) / (1 + 0.015 * squared / np.sqrt(20 + squared))
    in_c = (c2 - c1) / (1 + 0.045 * chroma)
    in_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2) / (1 + 0.015 * chroma * t)
    turned = np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))  # for blues
    rotation = -2 * _saturation(chroma) * np.sin(turned)
    return np.asarray(np.sqrt(in_l**2 + in_c**2 + in_h**2 + rotation * in_c * in_h))


def _saturation(chroma: np.ndarray) -> np.ndarray:
    """Returns 0 for grey, rising to 1 for chroma far beyond 25."""
    power = chroma**7
    return np.asarray(np.sqrt(power / (power + _CHROMA)))
