"""Numbers become pixels, and what is no number becomes none."""

from __future__ import annotations

import numpy as np
import pytest

from tfgan_codec.codec import Codec
from tfgan_codec.coding.contract import to_bytes
from tfgan_codec.errors import BundleError


def test_rounded_and_clipped() -> None:
    x = np.array([-np.inf, -3.0, 0.49, 0.5, 254.5, 255.4, 1e9, np.inf], np.float32)
    assert to_bytes(x).tolist() == [0, 0, 0, 1, 255, 255, 255, 255]


def test_no_numbers_no_pixels(tiny: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gains that are no numbers decoded to a picture."""
    blob = tiny.compress(np.zeros((20, 30, 3), np.uint8))
    monkeypatch.setattr(tiny.bundle, "inverse_gain", np.full((256, 12), np.nan, np.float32))
    with pytest.raises(BundleError, match="pixels that are no numbers"):
        tiny.decompress(blob)
