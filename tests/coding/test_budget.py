"""Tests of the search for the quality level of a byte budget."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from tfgan_codec.coding.budget import best_quality


@given(
    st.floats(10, 1e6),
    st.floats(1.0005, 1.05),
    st.floats(0.5, 1.5),
    st.floats(-0.1, 1.3),
)
def test_finds_the_level(smallest: float, growth: float, bend: float, where: float) -> None:
    """Curves of log size from straight to well bent; budgets inside and outside of their range."""

    def size(quality: int) -> float:
        calls.append(quality)
        return smallest * growth ** (255 * (quality / 255) ** bend)

    calls: list[int] = []
    budget = smallest * growth ** (255 * where)
    quality = best_quality(size, budget)
    assert len(calls) <= 6 + 8 + 3
    assert len(calls) == len(set(calls))
    best = max((q for q in range(256) if size(q) <= budget), default=0)
    assert quality == best or budget * 0.995 <= size(quality) <= budget


def test_few_tries_on_a_straight_line() -> None:
    for budget in (900, 2000, 5000, 12000):
        calls = []

        def size(quality: int, calls: list[int] = calls) -> float:
            calls.append(quality)
            return 1000 * math.exp(quality * 0.0105)

        best_quality(size, budget)
        assert len(calls) <= 4


def test_staircase() -> None:
    """Sizes that do not grow everywhere, as those of tiny pictures."""
    assert best_quality(lambda q: 20 + 10 * (q // 100), 35) in range(100, 200)
    assert best_quality(lambda q: 20, 20) >= 128
    assert best_quality(lambda q: 20, 1000) == 255
    assert best_quality(lambda q: {129: 110}.get(q, 95 if q < 132 else 200), 100) == 131
    assert best_quality(lambda q: 20, 19) == 0


def test_no_budget() -> None:
    assert best_quality(lambda q: 1, 0) == 0
    assert best_quality(lambda q: 1, -5) == 0
