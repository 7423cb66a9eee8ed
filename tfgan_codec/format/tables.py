"""Coding tables: integer cumulative distributions for the range coder (`docs/format.md`, "Tables").

A table is a quantised cumulative distribution with 16-bit precision. It is built once, at export,
from float probabilities; afterwards only the integers count, so encoder and decoder agree on every
machine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tfgan_codec.errors import BundleError, UsageError

PRECISION = 16
TOTAL = 1 << PRECISION
# TensorFlow Compression computes the Elias gamma code in int32; larger values hang its encoder.
MAX_GAMMA = (1 << 30) - 1
# Keeps every decodable value (offset + length + MAX_GAMMA) inside int32.
MAX_OFFSET = 1 << 20


class Tables(NamedTuple):
    """Holds a set of coding tables, one per row.

    Attributes:
        cdf: int32 [n, width]; row i rises strictly from ``cdf[i, 0] = 0`` to
            ``cdf[i, length[i]] = 65536`` and is 0 after that.
        length: int32 [n], the number of symbols, including the escape symbol.
        offset: int32 [n], the value that symbol 0 stands for.
        escape: whether the last symbol of each row announces a value outside the row.
    """

    cdf: NDArray[np.int32]
    length: NDArray[np.int32]
    offset: NDArray[np.int32]
    escape: bool

    def check(self) -> None:
        """Raises `BundleError` where the tables break a rule of the class docstring."""
        for name in ("cdf", "length", "offset"):
            if getattr(self, name).dtype != np.int32:
                raise BundleError(f"table array {name} must be int32: export the bundle again")
        count, width = self.cdf.shape if self.cdf.ndim == 2 else (0, 0)
        if count < 1 or self.length.shape != (count,) or self.offset.shape != (count,):
            raise BundleError("table arrays have inconsistent shapes: export the bundle again")
        if not 1 <= self.length.min() <= self.length.max() < width <= TOTAL + 1:
            raise BundleError("a table length does not fit its row: export the bundle again")
        if self.offset.min() < -MAX_OFFSET or self.offset.max() > MAX_OFFSET:
            raise BundleError(f"table offsets must be within +-{MAX_OFFSET}: rescale the model")
        column = np.arange(width)
        inside = column[1:] <= self.length[:, None]
        rising = np.diff(self.cdf.astype(np.int64)) > 0
        ends = self.cdf[np.arange(count), self.length] == TOTAL
        if not (
            np.all(self.cdf[:, 0] == 0)
            and np.all(ends)
            and np.all(rising | ~inside)
            and not np.any(self.cdf[:, 1:][~inside])
        ):
            raise BundleError("a table is not a rising 16-bit distribution: export again")


class SplitValues(NamedTuple):
    """Holds, for each value, what the range coder codes; all arrays are flat and equally long."""

    symbol: NDArray[np.int64]  # column of the table row
    gamma: NDArray[np.int64]  # number to Elias-gamma code after an escape symbol; 0 = no escape
    negative: NDArray[np.bool_]  # sign bit sent after gamma


def build_tables(pmfs: Sequence[ArrayLike], offsets: ArrayLike, *, escape: bool = True) -> Tables:
    """Returns 16-bit tables of the given probabilities.

    Args:
        pmfs: one vector of probabilities per table; need not sum to 1. With `escape`, the last
            entry is the mass of everything outside the row.
        offsets: the value of each table's first symbol.
        escape: whether values outside a row can be coded.
    """
    if not len(pmfs):
        raise UsageError("no probabilities given: pass at least one table")
    counts = [quantize_pmf(pmf) for pmf in pmfs]
    length = np.array([len(c) for c in counts], np.int32)
    cdf = np.zeros([len(counts), int(length.max()) + 1], np.int32)
    for row, count in zip(cdf, counts):
        np.cumsum(count, out=row[1 : len(count) + 1])
    offset = np.broadcast_to(np.asarray(offsets, np.int32), length.shape).copy()
    tables = Tables(cdf, length, offset, escape)
    tables.check()
    return tables


def quantize_pmf(pmf: ArrayLike) -> NDArray[np.int64]:
    """Returns integer counts >= 1 of sum 65536 that code `pmf` at the least possible mean length.

    Counts are given one by one to the symbol where ``-sum(p * log2(count))`` falls most, which is
    optimal since that sum is convex. To save time this starts from counts that the optimum cannot
    be below: with n symbols, its counts exceed ``p * (65536 - n) - 1``, because all gains there
    lie on either side of one threshold. Ties go to the first symbol, so results are repeatable.
    """
    p = np.asarray(pmf, np.float64)
    if p.ndim != 1 or not 1 <= p.size <= TOTAL:
        raise UsageError(f"probabilities must be a vector of 1..{TOTAL} entries, not {p.shape}")
    if not np.all(np.isfinite(p)) or p.min() < 0 or p.sum() <= 0:
        raise UsageError("probabilities must be finite, >= 0 and not all zero")
    p = p / p.sum()
    count: NDArray[np.int64] = np.maximum(np.floor(p * (TOTAL - p.size)).astype(np.int64), 1)
    for _ in range(TOTAL - int(count.sum())):
        count[np.argmax(p * np.log1p(1 / count))] += 1
    return count


def gaussian_tables(
    scales: ArrayLike, tail_mass: float = 2.0**-12, means: ArrayLike = (0.0,)
) -> Tables:
    """Returns tables of rounded Gaussians: for each standard deviation of `scales`, one per mean.

    The probability of k is that of N(mean, scale) convolved with a unit uniform at k, i.e.
    ``Phi((k + .5 - mean) / scale) - Phi((k - .5 - mean) / scale)`` (Balle et al. 2018, appendix
    6.1). A row is the smallest range, symmetric about 0, which leaves at most `tail_mass` to the
    escape symbol.
    """
    pmfs, offsets = [], []
    for scale in np.asarray(scales, np.float64).ravel().tolist():
        if not (0 < scale <= 4096 and 0 < tail_mass < 1):
            raise UsageError("scales must be in (0, 4096] and tail_mass in (0, 1)")
        unit = 1 / (scale * math.sqrt(2))
        for mean in np.asarray(means, np.float64).ravel().tolist():
            # P(rounded value <= -k) and P(rounded value >= k), for k = 1, 2, ...
            below: list[float] = []
            above: list[float] = []
            while not above or below[-1] + above[-1] > tail_mass:
                below.append(math.erfc((len(below) + 0.5 + mean) * unit) / 2)
                above.append(math.erfc((len(above) + 0.5 - mean) * unit) / 2)
            left, right = ([a - b for a, b in zip(t, t[1:])] for t in (below, above))
            middle = 1 - (below[0] + above[0])
            pmfs.append([*left[::-1], middle, *right, below[-1] + above[-1]])
            offsets.append(-len(left))
    return build_tables(pmfs, offsets, escape=True)


def uniform_tables(symbols: int) -> Tables:
    """Returns one table without escape in which the values 0..symbols-1 are equally likely."""
    return build_tables([np.ones(symbols)], 0, escape=False)


def to_symbols(values: ArrayLike, indexes: ArrayLike, tables: Tables) -> SplitValues:
    """Looks up how row ``indexes[i]`` codes ``values[i]``; raises `UsageError` if it cannot."""
    value = np.asarray(values, np.int64).ravel()
    index = np.asarray(indexes, np.int64).ravel()
    if value.shape != index.shape:
        raise UsageError(f"{value.size} values but {index.size} table indexes: must be equal")
    if index.size and not 0 <= index.min() <= index.max() < len(tables.length):
        raise UsageError(f"table indexes must be in 0..{len(tables.length) - 1}")
    symbol = value - tables.offset[index]
    last = tables.length[index].astype(np.int64) - int(tables.escape)
    negative = symbol < 0
    outside = negative | (symbol >= last)
    gamma = np.where(outside, np.where(negative, -symbol, symbol - last + 1), 0)
    if outside.any() and not tables.escape:
        raise UsageError("a value is outside its table, which has no escape symbol")
    if gamma.size and gamma.max() > MAX_GAMMA:
        raise UsageError(f"a value is more than {MAX_GAMMA} outside its table: clip it")
    return SplitValues(np.where(outside, last, symbol), gamma, negative)


def bits(values: ArrayLike, indexes: ArrayLike, tables: Tables) -> NDArray[np.float64]:
    """Returns the ideal code length of each value in bits, escapes included, shaped as `values`.

    The range coder's output is this sum plus about 0.01 % and at most a few bytes.
    """
    index = np.asarray(indexes, np.int64).ravel()
    symbol, gamma, _ = to_symbols(values, index, tables)
    width = np.maximum(np.diff(tables.cdf.astype(np.int64)), 1)
    cost: NDArray[np.float64] = (PRECISION - np.log2(width))[index, symbol]
    # frexp's exponent is the number of binary digits n: n - 1 zeros, n digits, 1 sign.
    cost += np.where(gamma > 0, 2 * np.frexp(gamma)[1], 0)
    return cost.reshape(np.shape(values))


def least_bits(tables: Tables) -> list[int]:
    """Returns for each table how many 256ths of a bit every value takes at least in a stream.

    The widest symbol, of w / 65536, makes an interval of size s >= 2^16 no larger than
    s * w / 65536 + 1 <= s * (w + 1) / 65536, which takes b = 16 - log2(w + 1) bits. This is 256 b
    rounded down, in integers, so that every machine finds the same.
    """
    widest = np.diff(tables.cdf.astype(np.int64)).max(axis=1).tolist()
    return [max(0, 256 * PRECISION - ((w + 1) ** 256 - 1).bit_length()) for w in widest]


def tables_to_tfc_lookup(tables: Tables) -> NDArray[np.int32]:
    """Returns the `lookup` argument of TensorFlow Compression's `create_range_encoder`, int32 [n].

    It holds the rows one after the other, each after its precision, which is negative where escapes
    are on. The ops know no offsets: pass them ``values - tables.offset[indexes]``.
    """
    precision = -PRECISION if tables.escape else PRECISION
    rows = zip(tables.cdf.tolist(), tables.length.tolist())
    return np.array([x for row, length in rows for x in [precision, *row[: length + 1]]], np.int32)
