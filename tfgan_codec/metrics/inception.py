"""The FID Inception network ("inception-2015-12-05"): pictures to 2048 pool features, in numpy.

As in the original TensorFlow graph: pictures are resized to 299x299 by TF1's bilinear rule (no
half-pixel centres, no antialiasing), border pixels of average pools count real pixels only, and the
last block pools by maximum.
"""

from __future__ import annotations

import numpy as np

from tfgan_codec.metrics import weights
from tfgan_codec.metrics.convolution import average_pool_3x3, conv2d, max_pool

FEATURES = 2048
_SIDE = 299
_BATCH = 8


class Inception:
    """Computes the pool features of pictures. `folder` has the weights, see `weights.find`."""

    def __init__(self, folder: str | None = None) -> None:
        arrays = weights.load("inception_fid", folder)
        self._layers: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for key in arrays:
            name, _, kind = key.rpartition("/")
            if kind == "kernel":  # batch normalisation goes into kernel and bias
                scale = 1.0 / np.sqrt(arrays[f"{name}/var"] + np.float32(1e-3))
                bias = arrays[f"{name}/beta"] - arrays[f"{name}/mean"] * scale
                self._layers[name] = arrays[key] * scale, bias

    def __call__(self, pictures: list[np.ndarray]) -> np.ndarray:
        """Returns float32 [n, 2048] for n HxWx3 pictures (uint8, or floats 0..255) of any sizes."""
        features = [np.zeros((0, FEATURES), np.float32)]
        for first in range(0, len(pictures), _BATCH):
            batch = np.stack([resize(picture) for picture in pictures[first : first + _BATCH]])
            features.append(self._forward((batch - 128.0) / 128.0))
        return np.concatenate(features)

    def _conv(self, x: np.ndarray, name: str, stride: int = 1, same: bool = True) -> np.ndarray:
        kernel, bias = self._layers[name]
        padding = (kernel.shape[0] // 2, kernel.shape[1] // 2) if same else (0, 0)
        return conv2d(x, kernel, bias, stride, padding)

    def _chain(self, x: np.ndarray, prefix: str, *names: str, last_stride: int = 1) -> np.ndarray:
        for name in names[:-1]:
            x = self._conv(x, prefix + name)
        return self._conv(x, prefix + names[-1], last_stride, same=last_stride == 1)

    def _forward(self, x: np.ndarray) -> np.ndarray:
        x = self._conv(x, "conv", stride=2, same=False)
        x = self._conv(x, "conv_1", same=False)
        x = max_pool(self._conv(x, "conv_2"), 3, 2)
        x = self._conv(self._conv(x, "conv_3"), "conv_4", same=False)
        x = max_pool(x, 3, 2)
        for name in ("mixed", "mixed_1", "mixed_2"):
            x = self._block_35(x, f"{name}/")
        x = self._reduce_to_17(x, "mixed_3/")
        for name in ("mixed_4", "mixed_5", "mixed_6", "mixed_7"):
            x = self._block_17(x, f"{name}/")
        x = self._reduce_to_8(x, "mixed_8/")
        x = self._block_8(x, "mixed_9/", average_pool_3x3(x))
        x = self._block_8(x, "mixed_10/", max_pool(x, 3, 1, padding=1))
        return x.mean(axis=(1, 2))

    def _block_35(self, x: np.ndarray, m: str) -> np.ndarray:
        return _concat(
            self._conv(x, f"{m}conv"),
            self._chain(x, f"{m}tower/", "conv", "conv_1"),
            self._chain(x, f"{m}tower_1/", "conv", "conv_1", "conv_2"),
            self._conv(average_pool_3x3(x), f"{m}tower_2/conv"),
        )

    def _reduce_to_17(self, x: np.ndarray, m: str) -> np.ndarray:
        return _concat(
            self._conv(x, f"{m}conv", stride=2, same=False),
            self._chain(x, f"{m}tower/", "conv", "conv_1", "conv_2", last_stride=2),
            max_pool(x, 3, 2),
        )

    def _block_17(self, x: np.ndarray, m: str) -> np.ndarray:
        return _concat(
            self._conv(x, f"{m}conv"),
            self._chain(x, f"{m}tower/", "conv", "conv_1", "conv_2"),
            self._chain(x, f"{m}tower_1/", "conv", "conv_1", "conv_2", "conv_3", "conv_4"),
            self._conv(average_pool_3x3(x), f"{m}tower_2/conv"),
        )

    def _reduce_to_8(self, x: np.ndarray, m: str) -> np.ndarray:
        return _concat(
            self._chain(x, f"{m}tower/", "conv", "conv_1", last_stride=2),
            self._chain(x, f"{m}tower_1/", "conv", "conv_1", "conv_2", "conv_3", last_stride=2),
            max_pool(x, 3, 2),
        )

    def _block_8(self, x: np.ndarray, m: str, pooled: np.ndarray) -> np.ndarray:
        a = self._conv(x, f"{m}tower_conv")
        b = self._chain(x, f"{m}tower_1_", "conv", "conv_1")
        return _concat(
            self._conv(x, f"{m}conv"),
            self._conv(a, f"{m}tower_mixed_conv"),
            self._conv(a, f"{m}tower_mixed_conv_1"),
            self._conv(b, f"{m}tower_1_mixed_conv"),
            self._conv(b, f"{m}tower_1_mixed_conv_1"),
            self._conv(pooled, f"{m}tower_2_conv"),
        )


def resize(picture: np.ndarray) -> np.ndarray:
    """Returns a picture at 299x299, as `tf.compat.v1.image.resize_bilinear` does by default."""
    x = picture.astype(np.float32)
    for axis in (0, 1):
        size = x.shape[axis]
        source = np.arange(_SIDE, dtype=np.float32) * np.float32(size / _SIDE)
        low = np.floor(source).astype(np.int64)
        high = np.minimum(low + 1, size - 1)
        t = (source - low).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        near = x.take(low, axis)
        x = near + (x.take(high, axis) - near) * t
    return x


def _concat(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate(parts, axis=3)
