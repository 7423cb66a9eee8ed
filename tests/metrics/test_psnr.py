import math

import numpy as np
import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics import psnr


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
