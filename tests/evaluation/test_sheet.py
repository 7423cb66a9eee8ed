from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation.sheet import BACKGROUND, GAP, Panel, sheet


def picture(width: int, height: int) -> Image.Image:
    noise = np.random.default_rng(0).integers(100, 255, (height, width, 3), np.uint8)
    return Image.fromarray(noise)


def holds(canvas: Image.Image, part: Image.Image, count: int) -> bool:
    """Whether `part` is found unscaled in `canvas` exactly `count` times."""
    whole, corner = np.asarray(canvas), np.asarray(part)
    height, width = corner.shape[:2]
    starts = np.argwhere((whole == corner[0, 0]).all(axis=2))
    return count == sum(
        np.array_equal(whole[y : y + height, x : x + width], corner) for y, x in starts
    )


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (1, 1), (40, 700)])
def test_shows_every_picture_unscaled(size: tuple[int, int]) -> None:
    original = picture(*size)
    assert holds(sheet([Panel("", "", original)] * 4), original, 4)


@pytest.mark.parametrize(("size", "columns"), [((330, 200), 2), ((340, 900), 4), ((960, 100), 1)])
def test_columns_bring_it_near_a_screens_shape(size: tuple[int, int], columns: int) -> None:
    canvas = sheet([Panel("a", "", picture(*size))] * 4)
    assert canvas.width == columns * (size[0] + GAP) + GAP


def test_large_pictures_show_their_center() -> None:
    original = picture(1500, 1000)
    canvas = sheet([Panel("a", "", original)])
    assert canvas.width < 1000
    assert holds(canvas, original.crop((740, 490, 760, 510)), 1)


def test_labels_are_written() -> None:
    blank = Image.new("RGB", (300, 200), BACKGROUND)
    assert not np.any(np.asarray(sheet([Panel("", "", blank)])) != BACKGROUND)
    assert np.any(np.asarray(sheet([Panel("ours", "", blank)])) != BACKGROUND)
    assert np.any(np.asarray(sheet([Panel("", "10 bytes", blank)])) != BACKGROUND)


def test_refuses_an_empty_list() -> None:
    with pytest.raises(UsageError, match="at least one"):
        sheet([])
