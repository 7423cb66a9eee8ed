"""Coding tables: hand-worked counts, optimality of the quantisation, Gaussians, cost in bits."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgan_codec.errors import BundleError, UsageError
from tfgan_codec.format.tables import (
    Tables,
    bits,
    build_tables,
    gaussian_tables,
    least_bits,
    quantize_pmf,
    tables_to_tfc_lookup,
    to_symbols,
    uniform_tables,
)


def mean_length(pmf, counts) -> float:
    return float(np.sum(np.asarray(pmf) / np.sum(pmf) * (16 - np.log2(counts))))


def optimal_counts(pmf) -> np.ndarray:
    """The optimum: 65536 counts given one by one to the symbol that gains most."""
    counts = np.ones(len(pmf), int)
    heap = [(-p * math.log2(2), i) for i, p in enumerate(pmf)]
    heapq.heapify(heap)
    for _ in range(65536 - len(pmf)):
        i = heap[0][1]
        counts[i] += 1
        heapq.heapreplace(heap, (-pmf[i] * math.log2(1 + 1 / counts[i]), i))
    return counts


@pytest.mark.parametrize(
    ("pmf", "counts"),
    [
        ([1], [65536]),
        ([3], [65536]),
        ([1, 1], [32768, 32768]),
        ([1, 1, 1], [21846, 21845, 21845]),  # the first symbol gets what is left
        ([1, 0], [65535, 1]),
        ([0, 0, 1, 0], [1, 1, 65533, 1]),
        ([1, 2, 1], [16384, 32768, 16384]),
        ([1e-30, 1e-30], [32768, 32768]),
    ],
)
def test_counts(pmf, counts):
    assert quantize_pmf(pmf).tolist() == counts


@given(st.lists(st.floats(0, 1), min_size=1, max_size=300).filter(lambda p: sum(p) > 1e-300))
def test_counts_are_valid(pmf):
    counts = quantize_pmf(pmf)
    assert counts.min() >= 1
    assert counts.sum() == 65536


@given(st.integers(1, 600), st.sampled_from([0.01, 0.1, 1, 10]), st.integers(0, 999))
@settings(max_examples=15, deadline=None)
def test_counts_are_optimal(size, peak, seed):
    pmf = np.random.default_rng(seed).gamma(peak, size=size) + 1e-12
    pmf /= pmf.sum()
    best = mean_length(pmf, optimal_counts(pmf))
    assert abs(mean_length(pmf, quantize_pmf(pmf)) - best) < 1e-12


def test_as_many_symbols_as_counts():
    assert quantize_pmf(np.arange(65536)).tolist() == [1] * 65536
    with pytest.raises(UsageError, match=r"1\.\.65536"):
        quantize_pmf(np.ones(65537))


@pytest.mark.parametrize("pmf", [[], [0, 0], [1, -1e-9], [1, np.nan], [np.inf], [[1, 1]]])
def test_bad_probabilities(pmf):
    with pytest.raises(UsageError, match="probabilities"):
        quantize_pmf(pmf)


def test_layout():
    tables = build_tables([[1, 2, 1], [1]], [-1, 7], escape=False)
    assert tables.cdf.tolist() == [[0, 16384, 49152, 65536], [0, 65536, 0, 0]]
    assert tables.length.tolist() == [3, 1]
    assert tables.offset.tolist() == [-1, 7]
    assert {a.dtype for a in tables[:3]} == {np.dtype(np.int32)}
    assert tables_to_tfc_lookup(tables).tolist() == [16, 0, 16384, 49152, 65536, 16, 0, 65536]
    assert tables_to_tfc_lookup(tables._replace(escape=True))[0] == -16
    with pytest.raises(UsageError):
        build_tables([], [])


def test_uniform():
    assert np.array_equal(uniform_tables(256).cdf, [np.arange(257) * 256])


def test_check_finds_every_broken_rule():
    good = build_tables([[1, 2, 1], [1, 3]], [-1, 7])
    good.check()

    def cdf(row, column, value):
        changed = good.cdf.copy()
        changed[row, column] = value
        return good._replace(cdf=changed)

    broken = [
        cdf(0, 0, 1),
        cdf(0, 2, 16384),  # a symbol of no probability
        cdf(0, 2, 70000),
        cdf(0, 3, 65535),
        cdf(1, 3, 5),
        good._replace(cdf=good.cdf.astype(np.int64)),
        good._replace(cdf=good.cdf[0]),
        good._replace(cdf=good.cdf[:0]),
        good._replace(length=np.int32([4, 2])),
        good._replace(length=np.int32([0, 2])),
        good._replace(length=np.int32([3])),
        good._replace(offset=np.int32([0])),
        good._replace(offset=np.int32([0, 2**30])),
    ]
    for tables in broken:
        with pytest.raises(BundleError):
            tables.check()


# Gaussians.


def test_gaussian_by_hand():
    tables = gaussian_tables([1.0], tail_mass=0.2)
    # P(0) = erf(.5 / sqrt 2) = 0.38292; P(+-1) = 0.24173 each; 0.13361 is left.
    assert tables.offset.tolist() == [-1]
    np.testing.assert_allclose(
        np.diff(tables.cdf[0]) / 65536, [0.24173, 0.38292, 0.24173, 0.13361], atol=2e-5
    )


@pytest.mark.parametrize("tail_mass", [1e-2, 2.0**-12, 1e-9])
def test_gaussian_rows(tail_mass):
    scales = np.geomspace(0.1, 100, 64)
    tables = gaussian_tables(scales, tail_mass)
    for scale, cdf, length, offset in zip(scales, *tables[:3]):
        counts = np.diff(cdf[: length + 1])
        symbols, escape = counts[:-1], counts[-1]
        assert length == -2 * offset + 2  # symmetric, and one escape
        assert abs(symbols - symbols[::-1]).max() <= 1
        assert np.all(np.diff(symbols)[-offset:] <= 1)  # falls, up to rounding
        assert math.erfc((-offset + 0.5) / scale / 2**0.5) <= tail_mass
        assert offset == 0 or math.erfc((-offset - 0.5) / scale / 2**0.5) > tail_mass
        assert escape <= tail_mass * 65536 + 2


def test_gaussian_tables_cost_little_more_than_the_gaussians():
    """Redundancy, in bits per value, of 16-bit counts with a floor of 1 and of the escapes."""
    scales = np.geomspace(0.11, 64, 64)
    tables = gaussian_tables(scales)
    k = np.arange(-700, 701)
    for row, scale in enumerate(scales):
        edges = [math.erf((v - 0.5) / scale / 2**0.5) for v in range(-700, 702)]
        pmf = np.diff(edges) / 2
        entropy = -np.sum(pmf[pmf > 0] * np.log2(pmf[pmf > 0]))
        cost = np.sum(pmf * bits(k, np.full(k.size, row), tables))
        assert entropy <= cost + 1e-9
        assert cost <= 1.004 * entropy + 0.003


@pytest.mark.parametrize(("scale", "tail"), [(0, 0.1), (-1, 0.1), (np.nan, 0.1), (1, 0), (1, 1)])
def test_bad_gaussians(scale, tail):
    with pytest.raises(UsageError):
        gaussian_tables([scale], tail)


# Values to symbols, and their cost.


def test_symbols_and_bits_by_hand():
    # Values -1, 0, 1 with 1/8, 1/2, 1/4; escape 1/8 = 3 bits, then gamma and a sign.
    tables = build_tables([[1, 4, 2, 1]], -1)
    values = [-1, 0, 1, 2, 3, 4, 5, -2, -3, -5]
    symbol, gamma, negative = to_symbols(values, [0] * 10, tables)
    assert symbol.tolist() == [0, 1, 2] + [3] * 7
    assert gamma.tolist() == [0, 0, 0, 1, 2, 3, 4, 1, 2, 4]
    assert negative.tolist() == [False] * 7 + [True] * 3
    assert bits(values, [0] * 10, tables).tolist() == [3, 1, 2, 5, 7, 7, 9, 5, 7, 9]


def test_bits_has_the_shape_of_values():
    tables = uniform_tables(4)
    assert (
        bits(np.ones([2, 3, 4], int), np.zeros([2, 3, 4], int), tables).tolist()
        == [[[2.0] * 4] * 3] * 2
    )
    assert bits([], [], tables).shape == (0,)


def test_wrong_rows():
    with pytest.raises(UsageError, match=r"0\.\.0"):
        to_symbols([1], [1], uniform_tables(4))
    with pytest.raises(UsageError, match="no escape"):
        to_symbols([4], [0], uniform_tables(4))


def test_tables_is_a_plain_tuple():
    """Bundles store the arrays and the flag; nothing is hidden in the class."""
    tables = uniform_tables(2)
    assert Tables(*tables) is not tables
    assert Tables(*tables)._fields == ("cdf", "length", "offset", "escape")


def test_shifted_gaussians() -> None:
    """Against the distribution function, and mirrored."""
    scale, means = 1.3, [-0.375, 0.0, 0.375]
    shifted = gaussian_tables([scale], 2.0**-12, means)
    assert len(shifted.length) == 3
    for row, mean in enumerate(means):
        count = np.diff(shifted.cdf[row, : shifted.length[row] + 1])
        k = shifted.offset[row] + np.arange(len(count) - 1)
        phi = [
            0.5 * math.erfc(-(x - mean) / scale / math.sqrt(2)) for x in [*(k - 0.5), k[-1] + 0.5]
        ]
        assert count[:-1] / 65536 == pytest.approx(np.diff(phi), abs=2e-5)
    left, _, right = (np.diff(shifted.cdf[row, : shifted.length[row] + 1]) for row in range(3))
    assert np.abs(left[:-1] - right[-2::-1]).max() <= 1  # ties go to the first symbol
    middle, alone = shifted.cdf[1], gaussian_tables([scale]).cdf[0]
    assert np.array_equal(middle[: len(alone)], alone)


def test_least_bits_by_hand() -> None:
    """Widths 16384, 32767 and 65535 make 2, 1 and 0 bits, as w + 1 is 16385, 2^15 and 2^16."""
    rows = [[0, 16384, 32768, 49152, 65536], [0, 32767, 65533, 65536, 0], [0, 65535, 65536, 0, 0]]
    single = [0, 65536, 0, 0, 0]
    cdf = np.array([*rows, single], np.int32)
    tables = Tables(cdf, np.array([4, 3, 2, 1], np.int32), np.zeros(4, np.int32), True)
    tables.check()
    assert least_bits(tables) == [511, 256, 0, 0]
