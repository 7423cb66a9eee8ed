"""Tests of coding at several sizes, with codecs whose errors are known."""

from __future__ import annotations

import numpy as np
import pytest
import sample_pictures
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgan_codec.coding import pyramid


class Rounding:
    """Stores multiples of `step`: its error is at most half of it. Refuses wrong padding."""

    def __init__(self, step: float) -> None:
        self.step = step

    def encode(self, x: np.ndarray) -> bytes:
        assert x.dtype == np.float32
        assert x.shape[0] % 16 == x.shape[1] % 16 == 0
        return np.round(x / self.step).astype("<i2").tobytes()

    def decode(self, data: bytes, height: int, width: int) -> np.ndarray:
        values = np.frombuffer(data, "<i2").reshape(height, width, 3)
        return (values * self.step).astype(np.float32)


def test_halving_and_doubling_by_hand() -> None:
    x = np.array([[0, 4, 8], [2, 6, 10], [1, 1, 1]], np.uint8)[..., None]
    np.testing.assert_array_equal(pyramid.halve(x)[..., 0], [[3, 9], [1, 1]])
    row = np.array([[0, 8]], np.float32)[..., None]
    np.testing.assert_array_equal(pyramid.double(row)[..., 0], [[0, 2, 6, 8]] * 2)
    column = row.transpose(1, 0, 2)
    np.testing.assert_array_equal(pyramid.double(column)[..., 0], np.tile([[0], [2], [6], [8]], 2))


def test_halving_twice_is_the_mean_of_16_pixels() -> None:
    picture = sample_pictures.pixels(32, 16)
    blocks = picture.reshape(4, 4, 8, 4, 3).mean((1, 3))
    np.testing.assert_allclose(pyramid.halve(pyramid.halve(picture)), blocks, rtol=1e-6)


@given(st.integers(1, 140), st.integers(1, 140))
@settings(max_examples=30, deadline=None)
def test_only_the_last_layer_makes_errors(height: int, width: int) -> None:
    """Each layer codes what the layers before it got wrong."""
    picture = sample_pictures.pixels(width, height)
    layers = [Rounding(64.0), Rounding(32.0), Rounding(0.5)]
    streams = pyramid.encode(picture, layers)
    sizes = [-(-height // scale) * -(-width // scale) for scale in (4, 2, 1)]
    half = pyramid.halve(picture)
    wanted = [pyramid.halve(half), half, picture]
    for count, (layer, target) in enumerate(zip(layers, wanted), start=1):
        decoded = pyramid.decode(streams[:count], layers, height, width)
        assert decoded.shape == target.shape == (*pyramid.shrunk(height, width, 8 >> count), 3)
        assert decoded.shape[0] * decoded.shape[1] == sizes[count - 1]
        assert np.abs(decoded - target).max() <= layer.step / 2 + 1e-3


@pytest.mark.parametrize("size", [(1, 1), (17, 33), (513, 769)])
def test_streams_are_no_longer_than_their_sizes_need(size: tuple[int, int]) -> None:
    """Padding to multiples of 16 at each size, not to multiples of 64."""
    layers = [Rounding(1.0)] * 3
    streams = pyramid.encode(sample_pictures.pixels(size[1], size[0]), layers)
    for data, scale in zip(streams, (4, 2, 1)):
        cells = [-(-side // (16 * scale)) for side in size]
        assert len(data) == 2 * 3 * 256 * cells[0] * cells[1]
