import math

import numpy as np
import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics import psnr, psnr_chroma


def test_psnr_of_a_known_error():
    a = np.full((300, 20, 3), 100, np.uint8)
    assert psnr(a, a + 5) == pytest.approx(10 * math.log10(255**2 / 25))
    assert psnr(a + 5, a) == psnr(a, a + 5)  # unsigned arithmetic must not wrap round


def test_psnr_of_equal_pictures_is_infinite():
    a = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert psnr(a, a) == math.inf


def test_psnr_names_both_shapes():
    with pytest.raises(UsageError, match=r"\(4, 4, 3\) and \(4, 5, 3\)"):
        psnr(np.zeros((4, 4, 3)), np.zeros((4, 5, 3)))


def test_psnr_of_chroma_sees_colour_alone():
    grey = np.full((20, 30, 3), 100, np.uint8)
    assert psnr_chroma(grey, grey + 50) == math.inf
    blue = grey.copy()
    blue[..., 2] += 40  # Cb rises by 20, Cr falls by 3.25248
    expected = 10 * math.log10(255**2 / ((20**2 + 3.25248**2) / 2))
    assert psnr_chroma(grey, blue) == pytest.approx(expected)
    with pytest.raises(UsageError, match="height x width x 3"):
        psnr_chroma(grey[..., 0], grey[..., 0])
