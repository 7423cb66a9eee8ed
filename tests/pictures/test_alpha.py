"""Tests of the alpha plane in a file."""

from __future__ import annotations

import numpy as np
import pytest
import sample_pictures
from PIL import Image

from tfgan_codec.errors import BitstreamError
from tfgan_codec.pictures import alpha


def test_alpha_round_trip() -> None:
    plane = np.random.default_rng(0).integers(0, 256, [7, 9], np.uint8)
    assert np.array_equal(alpha.unpack(alpha.pack(plane), 9, 7), plane)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a PNG",
        sample_pictures.encoded(Image.new("L", (9, 8))),
        sample_pictures.encoded(Image.new("RGB", (9, 7))),
        sample_pictures.encoded(Image.new("L", (9, 7)), "BMP"),
        sample_pictures.encoded(sample_pictures.image(9, 7, "L"))[:60],
    ],
    ids=["empty", "garbage", "other size", "colour", "other format", "cut"],
)
def test_bad_alpha(data: bytes) -> None:
    with pytest.raises(BitstreamError, match="alpha plane"):
        alpha.unpack(data, 9, 7)
