"""A picture coded at several sizes, coarse to fine, each as what it has beyond the one before.

    X'_4 = A_4(X_4),   X'_2 = U(X'_4) + A_2(X_2 - U(X'_4)),   X' = U(X'_2) + A_1(X - U(X'_2))

(MSAE, Huang et al., 2019, Eq. 1 to 3.) The paper does not say how pictures are shrunk and enlarged:
here by means of 2x2 pixels, and by linear interpolation between the middles of pixels. Each size is
padded to multiples of the codecs' stride on its own, which costs less than padding the largest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.format.geometry import STRIDE, Floats, pad_edges


class LayerCodec(Protocol):
    """A codec of one size: of pixels 0..255, or of their differences to the prediction."""

    def encode(self, x: Floats) -> bytes:
        """[height, width, 3], both multiples of the stride."""

    def decode(self, data: bytes, height: int, width: int) -> Floats:
        """The same shape again."""


def encode(picture: NDArray[np.uint8], layers: Sequence[LayerCodec]) -> tuple[bytes, ...]:
    """The streams of a picture [height, width, 3]; `layers` run from coarse to fine."""
    targets: list[NDArray[Any]] = [picture]
    for _ in layers[1:]:
        targets.insert(0, halve(targets[0]))
    streams: list[bytes] = []
    prediction: Floats | None = None
    for layer, target in zip(layers, targets):
        x = pad_edges(target, STRIDE).astype(np.float32)
        if prediction is not None:
            x -= prediction[: x.shape[0], : x.shape[1]]
        streams.append(layer.encode(x))
        if len(streams) < len(layers):
            decoded = layer.decode(streams[-1], *x.shape[:2])
            prediction = double(_add(prediction, decoded))
    return tuple(streams)


def decode(
    streams: Sequence[bytes], layers: Sequence[LayerCodec], height: int, width: int
) -> Floats:
    """The picture that the streams there are make, not rounded.

    It is smaller than the whole one, `height` x `width`, by the factor that `scale_of` tells.
    """
    picture: Floats | None = None
    for number, (data, layer) in enumerate(zip(streams, layers)):
        size = shrunk(height, width, scale_of(number + 1, len(layers)))
        padded = [-(-side // STRIDE) * STRIDE for side in size]
        prediction = None if picture is None else double(picture)
        picture = _add(prediction, layer.decode(data, *padded))
    assert picture is not None
    return picture[: size[0], : size[1]]


def scale_of(streams: int, layers: int) -> int:
    """How many times smaller the picture of the first streams of so many layers is."""
    return 1 << (layers - streams)


def shrunk(height: int, width: int, factor: int) -> tuple[int, int]:
    """The size of a picture that is `factor` times smaller."""
    return -(-height // factor), -(-width // factor)


def halve(x: NDArray[Any]) -> Floats:
    """Means of 2x2 pixels; odd sides repeat their last row or column."""
    x = pad_edges(x, 2)
    quarters = [x[i::2, j::2].astype(np.float32) for i in (0, 1) for j in (0, 1)]
    mean: Floats = np.float32(0.25) * (quarters[0] + quarters[1] + quarters[2] + quarters[3])
    return mean


def double(x: Floats) -> Floats:
    """Linear interpolation to twice the size, edges repeated."""
    for axis in (0, 1):
        x = np.moveaxis(x, axis, 0)
        before, after = np.concatenate([x[:1], x[:-1]]), np.concatenate([x[1:], x[-1:]])
        larger = np.empty((2 * x.shape[0], *x.shape[1:]), np.float32)
        near, far = np.float32(0.75), np.float32(0.25)
        larger[0::2] = far * before + near * x
        larger[1::2] = near * x + far * after
        x = np.moveaxis(larger, 0, axis)
    return x


def _add(prediction: Floats | None, decoded: Floats) -> Floats:
    if prediction is None:
        return decoded
    total: Floats = prediction[: decoded.shape[0], : decoded.shape[1]] + decoded
    return total
