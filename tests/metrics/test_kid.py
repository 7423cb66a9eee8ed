import numpy as np
import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics import kid
from tfgan_codec.metrics.kid import kernel_distance


def test_worked_by_hand():
    # d = 1: the kernel is (xy + 1)^3.
    a, b = np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])
    within_a, within_b = 1.0, 27.0  # k(0, 1), k(1, 2)
    cross = (1 + 1 + 8 + 27) / 4  # k(0,1), k(0,2), k(1,1), k(1,2)
    assert kernel_distance(a, b) == pytest.approx(within_a + within_b - 2 * cross)


def test_blocks_change_nothing(monkeypatch):
    a, b = np.random.default_rng(1).standard_normal((2, 50, 7))
    whole = kernel_distance(a, b)
    monkeypatch.setattr(kid, "_ROWS", 13)
    assert kernel_distance(a, b) == pytest.approx(whole)


def test_unbiased_for_equal_distributions():
    rng = np.random.default_rng(2)
    values = [kernel_distance(*rng.standard_normal((2, 40, 5))) for _ in range(300)]
    assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(len(values))


def test_one_picture_is_refused():
    with pytest.raises(UsageError, match="at least 2"):
        kernel_distance(np.zeros((1, 8)), np.zeros((3, 8)))
