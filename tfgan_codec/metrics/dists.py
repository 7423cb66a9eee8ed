"""DISTS, deep image structure and texture similarity (Ding et al. 2020, arXiv:2004.07728); numpy.

Six layers, the picture and five of VGG16, are compared channel by channel, as SSIM compares: their
means over all positions (texture: where something is does not matter) and their covariance over
positions (structure). `DISTS = sum of alpha (1 - texture) + beta (1 - structure)`, with a weight
alpha and beta for each channel, which add up to 1. VGG16's pools are smooth here, roots of weighted
means of squares.

Equal to the authors' package (DISTS-pytorch 0.1), run in float64, to 1e-4; in float32 that errs by
.007 on flat pictures. No picture is resized here; the authors shrink theirs to 256 pixels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tfgan_codec.metrics import vgg16, weights
from tfgan_codec.metrics.convolution import low_pass
from tfgan_codec.metrics.psnr import PEAK, check_pair

STABLE = 1e-6  # c1 and c2 of the paper
SMALLEST_SQUARE = np.float32(1e-12)  # under the root of the pools


class Layer(NamedTuple):
    """Holds the features of a layer: their means over positions, [channels], and what is left of
    them without these, [positions, channels]."""

    means: np.ndarray
    centered: np.ndarray


Features = list[Layer]  # fine to coarse


class Dists:
    """Measures how unlike pictures are in structure and texture; 0 for equal ones.

    Args:
      folder: where the weights are, see `weights.find`.
    """

    def __init__(self, folder: str | None = None) -> None:
        self._alpha, self._beta = channel_weights(folder)
        self._weights = weights.load("lpips_vgg", folder)

    def __call__(self, a: np.ndarray, b: np.ndarray) -> float:
        """Returns the distance of two HxWx3 pictures, uint8 or floats 0..255."""
        check_pair(a, b)
        return self.distance(self.features(a), self.features(b))

    def features(self, picture: np.ndarray) -> Features:
        """Returns a picture's features, to be reused where it is compared several times."""
        taps = vgg16.features(self._weights, picture, pool=l2_pool)
        return [_layer(x) for x in (picture.astype(np.float32) / np.float32(PEAK), *taps)]

    def distance(self, a: Features, b: Features) -> float:
        """Returns the distance of two pictures of one size, given their features."""
        total = 0.0
        for x, y, alpha, beta in zip(a, b, self._alpha, self._beta):
            texture = (2 * x.means * y.means + STABLE) / (x.means**2 + y.means**2 + STABLE)
            variances = _mean_product(x.centered, x.centered), _mean_product(y.centered, y.centered)
            covariance = _mean_product(x.centered, y.centered)
            structure = (2 * covariance + STABLE) / (sum(variances) + STABLE)
            total += float(alpha @ (1 - texture) + beta @ (1 - structure))
        return total


def channel_weights(folder: str | None = None) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Returns alpha and beta of each layer's channels, fine to coarse, which all add up to 1."""
    own = weights.load("dists", folder)
    total = own["alpha"].sum() + own["beta"].sum()
    ends = np.cumsum((3, *vgg16.CHANNELS))[:-1]
    alpha, beta = (np.split(own[key] / total, ends) for key in ("alpha", "beta"))
    return alpha, beta


def l2_pool(x: np.ndarray) -> np.ndarray:
    """Returns the roots of weighted means of squares over 3x3, every second one."""
    return np.sqrt(low_pass(x * x, 2) + SMALLEST_SQUARE)


def _layer(x: np.ndarray) -> Layer:
    positions = x.reshape(-1, x.shape[-1])
    means = positions.mean(axis=0, dtype=np.float64)
    return Layer(means, positions - means.astype(np.float32))


def _mean_product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Returns the mean of products over positions, by rows: float32 sums of few, then float64."""
    rows = 1024
    sums = [np.einsum("pc,pc->c", a[i : i + rows], b[i : i + rows]) for i in range(0, len(a), rows)]
    return np.sum(sums, axis=0, dtype=np.float64) / len(a)
