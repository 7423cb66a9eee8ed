"""Wasserstein distortion of VGG16's features (Qiu et al. 2024, arXiv:2310.03629), in numpy.

Two pictures are alike in it if the features have the same means and deviations in the neighbourhood
of each place: a texture counts as kept when another stretch of the same texture stands there. This
is the form in which Ballé et al. (2025, arXiv:2412.00505) and Cool-Chic use it for coding:
four layers of VGG16; neighbourhoods of a standard deviation of `2^LOG2_SIGMA` positions of the
layer; means and deviations come from a pyramid of [1/4, 1/2, 1/4] low-pass filters, each level of
half the size; in each level the squared differences of the means and of the deviations are averaged
over positions and channels, and the layers' values are added up. Equal to Cool-Chic's code, given
pictures that are standardized as VGG16's were, to 2e-4 of the value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tfgan_codec.metrics import vgg16, weights
from tfgan_codec.metrics.convolution import low_pass
from tfgan_codec.metrics.psnr import check_pair, check_side

BLOCKS = vgg16.BLOCKS[:4]
LOG2_SIGMA = 3.0
LEVELS = 5
SMALLEST_VARIANCE = np.float32(5e-7)
SMALLEST_SIDE = 8  # three pools leave one position


class Level(NamedTuple):
    """Holds local means and deviations of a layer, [height, width, channels], with the weight,
    0..1, of each place of this level, [height, width, 1]."""

    weight: np.ndarray
    means: np.ndarray
    deviations: np.ndarray


Features = list[Level]


class Wasserstein:
    """Measures the Wasserstein distortion of pictures, which is 0 for equal ones.

    Args:
      folder: where the weights are, see `weights.find`.
    """

    def __init__(self, folder: str | None = None) -> None:
        self._weights = weights.load("lpips_vgg", folder)

    def __call__(self, a: np.ndarray, b: np.ndarray) -> float:
        """Returns the distortion between two HxWx3 pictures, uint8 or floats 0..255."""
        check_pair(a, b)
        return self.distance(self.features(a), self.features(b))

    def features(self, picture: np.ndarray) -> Features:
        """Returns a picture's statistics, to be reused where it is compared several times."""
        return self.of_layers(self.layers(picture))

    def layers(self, picture: np.ndarray) -> list[np.ndarray]:
        """Returns what VGG16's layers make of a picture, [height, width, channels] each."""
        check_side("Wasserstein distortion", picture, SMALLEST_SIDE)
        return vgg16.features(self._weights, picture, BLOCKS)

    def of_layers(self, layers: Sequence[np.ndarray]) -> Features:
        """Returns the statistics of VGG16's layers, all of them or the first ones."""
        return statistics(layers[: len(BLOCKS)])

    def distance(self, a: Features, b: Features) -> float:
        """Returns the distortion between two pictures of one size, given their statistics."""
        total = 0.0
        for x, y in zip(a, b):
            squares = np.square(x.means - y.means) + np.square(x.deviations - y.deviations)
            total += float(np.mean(x.weight * squares, dtype=np.float64))
        return total


def statistics(layers: Sequence[np.ndarray]) -> Features:
    """Returns the statistics of layers [height, width, channels] in every level that counts."""
    return [level for layer in layers for level in _pyramid(layer)]


def _pyramid(layer: np.ndarray) -> Features:
    """Returns the levels of one layer whose weight is not 0 everywhere.

    Level 0 has single positions, level 1 neighbourhoods of 3x3 positions, and so on. A place's
    weight in a level falls from 1 to 0 as log2 of its sigma moves one away from the level's number.
    Sigma is the same everywhere, but as the low-pass filters go over it too and find zeros beyond
    the border, neighbourhoods are smaller there.
    """
    means, squares = layer[None], np.square(layer)[None]
    log2_sigma = np.full((1, *layer.shape[:2], 1), LOG2_SIGMA, np.float32)
    levels: Features = []
    for number in range(LEVELS + 1):
        weight = np.maximum(1 - np.abs(log2_sigma - number), 0)
        counts, filtered = bool(weight.any()), number > 0
        if filtered:
            stride = 1 if counts else 2  # what does not count need not be known at every place
            means, squares = low_pass(means, stride), low_pass(squares, stride)
            log2_sigma = low_pass(log2_sigma, 2)
        if counts:
            variances = np.maximum(squares - np.square(means), SMALLEST_VARIANCE)
            deviations = np.sqrt(variances) if filtered else np.zeros_like(means)
            levels.append(Level(weight[0], means[0], deviations[0]))
            if filtered:
                means, squares = means[:, ::2, ::2], squares[:, ::2, ::2]
    return levels
