"""Frechet Inception distance (Heusel et al. 2017) between two sets of pictures.

FID compares whole pictures. FID/256, which HiFiC (Mentzer et al. 2020) and MS-ILLM use for few
large pictures, compares the 256x256 patches of a grid and of that grid shifted by half a patch.
"""

from __future__ import annotations

import numpy as np

from tfgan_codec.errors import UsageError

PATCH = 256


def patches(picture: np.ndarray, size: int = PATCH) -> list[np.ndarray]:
    """Returns all whole patches of the grid from (0, 0) and of the grid from (size/2, size/2).

    A picture of H x W, multiples of f = `size`, gives (H/f)(W/f) + (H/f - 1)(W/f - 1) patches.
    """
    height, width = picture.shape[:2]
    return [
        picture[top : top + size, left : left + size]
        for start in (0, size // 2)
        for top in range(start, height - size + 1, size)
        for left in range(start, width - size + 1, size)
    ]


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Returns the distance of Gaussians fitted to two sets of features, arrays [n, d]; n >= 2.

    `|mu_a - mu_b|^2 + tr(C_a) + tr(C_b) - 2 tr((C_a C_b)^(1/2))`. With C = X'X the last trace is
    the sum of the singular values of X_a X_b': exact where covariances are singular (fewer
    pictures than features), where the usual matrix square root is not, and much faster there.
    """
    for features in (a, b):
        if features.ndim != 2 or len(features) < 2:
            raise UsageError(
                "a Frechet distance needs at least 2 pictures (or patches) in each set"
            )
    if a.shape[1] != b.shape[1]:
        raise UsageError(f"the features differ in length: {a.shape[1]} and {b.shape[1]}")
    a, b = a.astype(np.float64), b.astype(np.float64)
    mean = a.mean(axis=0) - b.mean(axis=0)
    root_a, root_b = _root(a), _root(b)
    cross = np.linalg.svd(root_a @ root_b.T, compute_uv=False).sum()
    return float(mean @ mean + np.sum(root_a**2) + np.sum(root_b**2) - 2.0 * cross)


def _root(features: np.ndarray) -> np.ndarray:
    """Returns X with X'X the unbiased covariance of features [n, d]; X has at most d rows."""
    centered = (features - features.mean(axis=0)) / np.sqrt(len(features) - 1)
    if len(centered) > centered.shape[1]:
        return np.asarray(np.linalg.qr(centered, mode="r"))
    return centered
