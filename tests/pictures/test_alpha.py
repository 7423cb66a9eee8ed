"""Tests of the alpha plane in a file."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
import sample_pictures
from PIL import Image

from tfgan_codec.errors import BitstreamError
from tfgan_codec.pictures import alpha


def test_alpha_round_trip() -> None:
    plane = np.random.default_rng(0).integers(0, 256, [7, 9], np.uint8)
    assert np.array_equal(alpha.unpack(alpha.pack(plane), 9, 7), plane)


def test_planes_beyond_the_limit_for_files_of_strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The format holds 2^28 pixels, Pillow refuses files of two thirds of that: arrays between them
    would make files that cannot be read. The picture's own size is what was judged."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    plane = np.random.default_rng(0).integers(0, 256, [40, 90], np.uint8)
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(alpha.pack(plane)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(alpha.unpack(alpha.pack(plane), 90, 40), plane)


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
