"""Tests of tiling: windows cover everything once, and change nothing but the memory taken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfgan_codec import tiling
from tfgan_codec.codec import Codec
from tfgan_codec.errors import BundleError
from tfgan_codec.tiling import Geometry, run, split


@given(st.integers(1, 500), st.integers(1, 100), st.integers(0, 30))
def test_windows(size: int, limit: int, halo: int) -> None:
    windows = split(size, limit, halo)
    assert windows[0].start == windows[0].keep_start == 0
    assert windows[-1].stop == windows[-1].keep_stop == size
    for before, after in zip(windows, windows[1:]):
        assert after.keep_start == before.keep_stop
    for window in windows:
        assert window.keep_start < window.keep_stop
        # Each kept cell sees its whole halo, up to the border of the array.
        assert window.start <= max(window.keep_start - halo, 0)
        assert window.stop >= min(window.keep_stop + halo, size)
    assert len({window.stop - window.start for window in windows}) == 1
    assert windows[0].stop <= max(limit, 4 * halo + 1)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 2000))
def test_window_limits(height: int, width: int, max_cells: int) -> None:
    rows, columns = tiling._window_limits(height, width, max_cells)
    assert min(rows, columns) >= 1
    assert min(rows, height) * min(columns, width) <= max_cells
    if height * width <= max_cells:
        assert rows >= height
        assert columns >= width


def blur(x: np.ndarray) -> np.ndarray:
    """Zero-padded 5x5 box filter, then each cell of 2x2 becomes one position."""
    padded = np.pad(x, [(2, 2), (2, 2), (0, 0)])
    h, w = x.shape[:2]
    total = sum(padded[i : i + h, j : j + w] for i in range(5) for j in range(5))
    return total[::2, ::2] + total[1::2, 1::2]


@pytest.mark.parametrize("shape", [(40, 60), (200, 8), (2, 300), (64, 64)])
@pytest.mark.parametrize("max_cells", [20, 100, 10_000])
def test_equal_to_one_run(shape: tuple[int, int], max_cells: int) -> None:
    x = np.random.default_rng(3).integers(0, 99, [*shape, 2])
    whole = blur(x)
    assert np.array_equal(run(blur, Geometry(2, 1, 2), x, max_cells=max_cells), whole)
    doubled = run(blur, Geometry(2, 1, 2), x, lambda y: y * 2, max_cells)
    assert np.array_equal(doubled, whole * 2)


def test_a_network_that_gives_another_size() -> None:
    for wrong in (np.zeros([3, 4, 1]), np.zeros([4, 4])[:0], np.zeros([8, 8, 1])):
        with pytest.raises(BundleError, match=r"positions instead of \(4, 4\)"):
            run(lambda _, y=wrong: y, Geometry(1, 1, 0), np.zeros([4, 4, 1]))


def test_a_halo_is_needed() -> None:
    """Guards the test above against windows that never cut anything."""
    x = np.random.default_rng(3).integers(0, 99, [40, 60, 2])
    assert not np.array_equal(run(blur, Geometry(2, 1, 0), x, max_cells=100), blur(x))


def test_memory_is_bounded() -> None:
    sizes = []

    def function(x: np.ndarray) -> np.ndarray:
        sizes.append(x.shape[0] * x.shape[1])
        return x

    run(function, Geometry(1, 1, 6), np.zeros([300, 400, 1], np.uint8))
    assert len(sizes) > 1
    assert max(sizes) <= tiling.MAX_CELLS


@pytest.mark.parametrize("kind", ["analysis", "hyper_analysis", "mean", "synthesis"])
def test_networks(tiny: Codec, kind: str) -> None:
    """Each network of a bundle gives the same in windows as in one piece."""
    network = tiny.bundle.network(kind)
    channels = {"analysis": 3, "mean": tiny.bundle.hyper_channels}.get(kind, tiny.bundle.channels)
    cells = {"analysis": 16, "hyper_analysis": 4}.get(kind, 1)
    x = np.random.default_rng(0).normal(0, 30, [24 * cells, 20 * cells, channels])
    whole, tiled = network(x), network(x, max_cells=49)
    np.testing.assert_allclose(tiled, whole, rtol=0, atol=1e-3)


@given(st.integers(1, 200), st.integers(1, 40), st.integers(0, 9))
def test_fixed_windows(size: int, core: int, halo: int) -> None:
    tile = core + 2 * halo
    windows = tiling.fixed(size, tile, halo)
    assert windows[0].start == windows[0].keep_start == 0
    assert windows[-1].keep_stop == size
    for before, after in zip(windows, windows[1:]):
        assert after.keep_start == before.keep_stop
    for window in windows:
        assert window.stop - window.start == tile
        assert window.keep_start < window.keep_stop
        assert window.start <= max(window.keep_start - halo, 0)
        assert window.stop >= min(window.keep_stop + halo, size)


@pytest.mark.parametrize("shape", [(40, 60), (16, 16), (100, 24)])
def test_a_network_of_fixed_shape(shape: tuple[int, int]) -> None:
    """Sees nothing but its own shape, and gives the same."""
    x = np.random.default_rng(3).integers(0, 99, [*shape, 2])
    seen = set()

    def network(window: np.ndarray) -> np.ndarray:
        seen.add(window.shape)
        return blur(window)

    assert np.array_equal(run(network, Geometry(2, 1, 2, tile=8), x), blur(x))
    assert seen == {(16, 16, 2)}


def test_an_array_smaller_than_the_fixed_shape() -> None:
    """Is extended, so what lies within the halo of its far borders may differ."""
    x = np.random.default_rng(3).integers(0, 99, [10, 12, 2])
    got = run(blur, Geometry(2, 1, 2, tile=8), x)
    whole = blur(x)
    assert got.shape == whole.shape
    assert np.array_equal(got[:4, :5], whole[:4, :5])
