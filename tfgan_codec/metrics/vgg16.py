"""VGG16 (Simonyan and Zisserman 2015) without its classifier, in numpy: features of pictures.

LPIPS, DISTS and Wasserstein distortion compare pictures by the same five layers of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Callable

import numpy as np

from tfgan_codec.metrics.convolution import conv2d, max_pool

BLOCKS = ((0, 1), (2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12))  # convolutions between two pools
CHANNELS = (64, 128, 256, 512, 512)  # of the last convolution of each block
# The means and deviations of the colours that it was trained on, for pictures in -1..1.
SHIFT = np.array([-0.030, -0.088, -0.188], np.float32)
SCALE = np.array([0.458, 0.448, 0.450], np.float32)


def standardized(picture: np.ndarray) -> np.ndarray:
    """Returns a picture, HxWx3 in 0..255, as [1, H, W, 3] on the scale of the training pictures."""
    scaled = picture.astype(np.float32) / np.float32(127.5) - 1
    return np.asarray((scaled - SHIFT) / SCALE)[None]


def halved(x: np.ndarray) -> np.ndarray:
    """Returns the pooling that the network was trained with: the largest of each 2x2."""
    return max_pool(x, 2, 2)


def features(
    arrays: Mapping[str, np.ndarray],
    picture: np.ndarray,
    blocks: Sequence[Sequence[int]] = BLOCKS,
    pool: Callable[[np.ndarray], np.ndarray] = halved,
) -> list[np.ndarray]:
    """Returns a picture's features after each block's last ReLU, [height, width, channels] each.

    Args:
      arrays: the weights, as `weights.load("lpips_vgg")` gives them.
      picture: HxWx3, uint8 or floats in 0..255.
      blocks: the blocks to compute, `BLOCKS` or the first ones of it.
      pool: what stands between two blocks, on [1, height, width, channels].
    """
    x = standardized(picture)
    taps: list[np.ndarray] = []
    for block in blocks:
        if taps:
            x = pool(x)
        for i in block:
            x = conv2d(x, arrays[f"conv{i}/kernel"], arrays[f"conv{i}/bias"], 1, (1, 1))
        taps.append(x[0])
    return taps
