"""LPIPS v0.1 (Zhang et al. 2018, arXiv:1801.03924) with AlexNet or VGG16, in numpy.

`LPIPS = sum over five layers of the mean over positions of sum_c w_c (a_c - b_c)^2`, with a, b the
layer's features normalised over channels. Equal to the authors' package (0.1.4) to 1e-4. No
picture is resized, so values depend on the pictures' resolution, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics import vgg16, weights
from tfgan_codec.metrics.convolution import conv2d, max_pool
from tfgan_codec.metrics.psnr import check_pair, check_side

SMALLEST_SIDE = {"alex": 31, "vgg": 16}  # the last pool must have a window
FILES = {"alex": "lpips_alex", "vgg": "lpips_vgg"}

Features = list[np.ndarray]  # per layer [height, width, channels], channels of length 1


class Lpips:
    """Measures the learned perceptual distance of pictures, which is 0 for equal ones.

    Args:
      net: "alex" (what most papers report) or "vgg".
      folder: where the weights are, see `weights.find`.
    """

    def __init__(self, net: str = "alex", folder: str | None = None) -> None:
        if net not in FILES:
            raise UsageError(f"LPIPS has the networks alex and vgg, not {net!r}")
        self.net = net
        self._weights = weights.load(FILES[net], folder)

    def __call__(self, a: np.ndarray, b: np.ndarray) -> float:
        """Returns the distance of two HxWx3 pictures, uint8 or floats 0..255."""
        check_pair(a, b)
        return self.distance(self.features(a), self.features(b))

    def features(self, picture: np.ndarray) -> Features:
        """Returns normalised features, to be reused where a picture is compared several times."""
        return self.of_layers(self.layers(picture))

    def layers(self, picture: np.ndarray) -> list[np.ndarray]:
        """Returns what the network's layers make of a picture, [height, width, channels] each."""
        check_side(f"LPIPS ({self.net})", picture, SMALLEST_SIDE[self.net])
        if self.net == "vgg":
            return vgg16.features(self._weights, picture)
        return [layer[0] for layer in self._alex(vgg16.standardized(picture))]

    def of_layers(self, layers: Iterable[np.ndarray]) -> Features:
        """Returns the normalised features of layers that may have other uses too."""
        return [_unit(layer) for layer in layers]

    def distance(self, a: Features, b: Features) -> float:
        """Returns the distance of two pictures of one size, given their features."""
        total = 0.0
        for i, (x, y) in enumerate(zip(a, b)):
            difference = x - y
            difference *= difference
            per_channel = difference.sum(axis=(0, 1), dtype=np.float64)
            total += float(per_channel @ self._weights[f"lin{i}"]) / (x.shape[0] * x.shape[1])
        return total

    def _conv(self, x: np.ndarray, i: int, stride: int = 1, padding: int = 1) -> np.ndarray:
        kernel, bias = self._weights[f"conv{i}/kernel"], self._weights[f"conv{i}/bias"]
        return conv2d(x, kernel, bias, stride, (padding, padding))

    def _alex(self, x: np.ndarray) -> Features:
        first = self._conv(x, 0, stride=4, padding=2)
        second = self._conv(max_pool(first, 3, 2), 1, padding=2)
        third = self._conv(max_pool(second, 3, 2), 2)
        fourth = self._conv(third, 3)
        return [first, second, third, fourth, self._conv(fourth, 4)]


def _unit(x: np.ndarray) -> np.ndarray:
    norm = np.sqrt(np.einsum("hwc,hwc->hw", x, x))[..., None]
    return x / (norm + np.float32(1e-10))
