"""Codes a picture at several sizes, coarse to fine, each as its difference from the one before.

    X'_4 = A_4(X_4),   X'_2 = U(X'_4) + A_2(X_2 - U(X'_4)),   X' = U(X'_2) + A_1(X - U(X'_2))

These are Eq. 1 to 3 of MSAE (Huang et al., 2019): A_s codes the size 1/s, U enlarges twice. The
paper does not say how pictures are shrunk and enlarged: here by the means of 2x2 pixels, and by
linear interpolation between the middles of pixels. Each size is padded to multiples of the codecs'
stride on its own, which costs less than padding the largest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.format.geometry import STRIDE, Floats, pad_edges


class LayerCodec(Protocol):
    """Codes one size: pixels 0..255 of the coarsest, else differences from the prediction."""

    def encode(self, x: Floats) -> bytes:
        """Returns the stream of x [height, width, 3], whose sides are multiples of the stride."""

    def decode(self, data: bytes, height: int, width: int) -> Floats:
        """Returns what a stream holds, float [height, width, 3], as `encode` was given it."""


def encode(picture: NDArray[np.uint8], layers: Sequence[LayerCodec]) -> tuple[bytes, ...]:
    """Returns the streams of a picture [height, width, 3], coarse to fine as `layers`."""
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
    """Returns the picture that the first streams of a file hold, float [h, w, 3], not rounded.

    With all streams h x w is `height` x `width`, with fewer smaller by the factor of `scale_of`.
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
    """Returns the factor, a power of two, by which the picture that `streams` of `layers` streams
    hold is smaller than the whole one."""
    return 1 << (layers - streams)


def shrunk(height: int, width: int, factor: int) -> tuple[int, int]:
    """Returns height and width of a picture after shrinking it `factor` times, rounded up."""
    return -(-height // factor), -(-width // factor)


def halve(x: NDArray[Any]) -> Floats:
    """Shrinks a picture to half the size by the means of 2x2 pixels; odd sides repeat the last."""
    x = pad_edges(x, 2)
    quarters = [x[i::2, j::2].astype(np.float32) for i in (0, 1) for j in (0, 1)]
    mean: Floats = np.float32(0.25) * (quarters[0] + quarters[1] + quarters[2] + quarters[3])
    return mean


def double(x: Floats) -> Floats:
    """Enlarges a picture to twice the size by linear interpolation, with edges repeated."""
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
