"""Intervals of differences: exact cases, and how often they hold the truth."""

import math

import numpy as np
import pytest

from tfgan_codec.evaluation.intervals import Interval, Noise, difference, noise, quantile


@pytest.mark.parametrize(
    ("freedom", "value"), [(1, 12.706), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (60, 2.0)]
)
def test_quantiles_are_those_of_tables(freedom: int, value: float):
    assert quantile(freedom) == pytest.approx(value, abs=1.5e-3)


def test_noise_is_pooled_over_systems():
    """Squared deviations 2 and 8, one degree of freedom each: their mean is 5."""
    found = noise([[1.0, 3.0], [0.0, 4.0], [7.0]])
    assert found == Noise(pytest.approx(math.sqrt(5)), 2)


def test_without_seeds_or_without_their_noise():
    one = np.array([[1.0, 2.0, 3.0]])
    assert not difference(one + 100, one, noise([[1.0], [2.0]])).clear  # a seed each tells nothing
    assert difference(one + 0.5, one, Noise(0.0, 4)) == Interval(0.5, 0.0)


def test_the_margin_of_seeds_by_hand():
    """One measure of the set, two seeds each: t * s * sqrt(1/2 + 1/2)."""
    first, second = np.array([[5.0], [7.0]]), np.array([[2.0], [2.0]])
    found = difference(first, second, Noise(0.5, 2))
    assert found.value == 4.0
    assert found.margin == pytest.approx(4.3027 * 0.5)
    assert found.clear


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """Chance of pictures and seeds as large as each other; the true difference is 1."""
    random = np.random.default_rng(1)
    held = 0
    for _ in range(400):
        groups = [random.normal(0, 0.3, (3, 1)) for _ in range(6)]
        pictures = random.normal(0, 1.5, 24)
        first = 1 + groups[0] + pictures + random.normal(0, 0.5, (3, 24))
        second = groups[1] + random.normal(0, 0.5, (3, 24))
        found = difference(first, second, noise([g[:, 0] for g in groups]))
        held += abs(found.value - 1) <= found.margin
    assert 0.92 <= held / 400 <= 0.99
