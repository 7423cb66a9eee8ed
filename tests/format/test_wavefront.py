"""Tests of the order in which a context model's latents are decoded."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgan_codec.format import wavefront

odd = st.sampled_from([1, 3, 5, 7])
size = st.integers(1, 7)


def elements(shape: tuple[int, int, int], front: wavefront.Front) -> list[tuple[int, int, int]]:
    places = front.line // shape[1], front.line % shape[1], front.depth
    return list(zip(*(place.tolist() for place in places)))


@settings(deadline=None)
@given(st.tuples(size, size, size), st.tuples(odd, odd, odd))
def test_every_element_once_and_after_all_it_depends_on(
    shape: tuple[int, int, int], kernel: tuple[int, int, int]
) -> None:
    when: dict[tuple[int, int, int], int] = {}
    for number, front in enumerate(wavefront.fronts(shape, kernel)):
        for element in elements(shape, front):
            assert element not in when
            when[element] = number
    assert len(when) == np.prod(shape)
    reach = [range(-(k // 2), k // 2 + 1) for k in kernel]
    before = [d for d in itertools.product(*reach) if d < (0, 0, 0)]
    for element, number in when.items():
        for d in before:
            other = tuple(np.add(element, d).tolist())
            assert when.get(other, -1) < number


@pytest.mark.parametrize("kernel", [(5, 5, 5), (11, 11, 11), (3, 7, 5)])
def test_no_smaller_strides_will_do(kernel: tuple[int, int, int]) -> None:
    def slowest(a: int, b: int) -> int:
        """How far the latest of all elements that are needed is from now, at least 1."""
        r0, r1, r2 = (k // 2 for k in kernel)
        box = itertools.product(range(-r0, 1), range(-r1, r1 + 1), range(-r2, r2 + 1))
        return min(-(a * d0 + b * d1 + d2) for d0, d1, d2 in box if (d0, d1, d2) < (0, 0, 0))

    a, b, one = wavefront.strides(kernel)
    assert one == 1
    assert slowest(a, b) == 1
    assert slowest(a - 1, b) == 0
    assert slowest(a, b - 1) <= 0


def test_the_papers_kernel() -> None:
    """11x11x11 over 48x32 latents of 192 channels: 1590 fronts for 294,912 elements."""
    assert wavefront.strides((11, 11, 11)) == (36, 6, 1)
    shape = 32, 48, 192
    found = list(wavefront.fronts(shape, (11, 11, 11)))
    assert len(found) == 36 * 31 + 6 * 47 + 192 == 1590
    assert sum(len(front.line) for front in found) == 294_912
    # Along the channels first, as the mask is usually drawn, fronts are many and short.
    assert len(list(wavefront.fronts((192, 32, 48), (11, 11, 11)))) == 36 * 191 + 6 * 31 + 48


def test_order_inside_a_front() -> None:
    """Written out: t = 6 x0 + 2 x1 + x2 for a kernel of 5x5x3."""
    fronts = list(wavefront.fronts((2, 3, 5), (5, 5, 3)))
    assert [elements((2, 3, 5), front) for front in fronts[:5]] == [
        [(0, 0, 0)],
        [(0, 0, 1)],
        [(0, 0, 2), (0, 1, 0)],
        [(0, 0, 3), (0, 1, 1)],
        [(0, 0, 4), (0, 1, 2), (0, 2, 0)],
    ]
    assert elements((2, 3, 5), fronts[6]) == [(0, 1, 4), (0, 2, 2), (1, 0, 0)]


def test_taps_come_before_the_middle() -> None:
    taps = wavefront.taps((3, 3, 3))
    assert taps.sum() == 13
    assert taps[0].all()
    assert not taps[2].any()
    assert taps[1].tolist() == [[True] * 3, [True, False, False], [False] * 3]
    assert wavefront.taps((11, 11, 11)).sum() == 665
