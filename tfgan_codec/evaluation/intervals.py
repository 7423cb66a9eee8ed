"""Says how sure a difference between two codecs is, by the pictures and by the seeds of training.

Two codecs that were trained alike but for one thing differ for three reasons: that thing, the
pictures on which they were measured, and chance in training. The last two make the margin.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_DRAWS = 2000
_NORMAL = 1.959964  # the 97.5 % quantile of the normal distribution
_FEW = (12.7062, 4.3027, 3.1824)  # and those of Student's t with 1, 2 and 3 degrees of freedom


class Noise(NamedTuple):
    """Holds how much a measure varies between runs that differ in their seeds alone.

    Attributes:
      deviation: the standard deviation between such runs.
      freedom: from how many independent differences it was estimated; 0: it is not known.
    """

    deviation: float
    freedom: int


class Interval(NamedTuple):
    """Holds a difference and its margin: 95 % of intervals `value` +- `margin` hold the true one.

    Attributes:
      value: the difference.
      margin: half the width of the interval; infinity where nothing is known of it.
    """

    value: float
    margin: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return abs(self.value) > self.margin


def noise(groups: Sequence[Sequence[float]]) -> Noise:
    """Pools the variance between seeds over several systems, of each of which a group holds one
    value per seed. It takes the same variance for all, as few seeds tell little of one system."""
    squares = [sum((value - np.mean(group)) ** 2 for value in group) for group in groups]
    freedom = sum(len(group) - 1 for group in groups)
    return Noise(math.sqrt(sum(squares) / freedom) if freedom else math.inf, freedom)


def difference(first: Values, second: Values, between_seeds: Noise) -> Interval:
    """Returns by how much a measure of the first codec exceeds that of the second.

    Args:
      first, second: values [seeds, pictures], of the same pictures; pictures is 1 for a measure of
        a whole set, whose margin then is that of the seeds alone.
      between_seeds: see `noise`.
    """
    each = first.mean(axis=0) - second.mean(axis=0)
    seeds = quantile(between_seeds.freedom) * between_seeds.deviation
    seeds *= math.sqrt(1 / len(first) + 1 / len(second))
    return Interval(float(each.mean()), math.hypot(_bootstrap(each), seeds))


def _bootstrap(values: Values) -> float:
    """Returns half the width of the 95 % interval of the mean of values that are drawn again."""
    draws = np.random.default_rng(0).integers(0, len(values), (_DRAWS, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(high - low) / 2


def quantile(freedom: int) -> float:
    """Returns the 97.5 % quantile of Student's t, right to 0.001 from 4 degrees of freedom on."""
    if freedom < 1:
        return math.inf
    if freedom <= len(_FEW):
        return _FEW[freedom - 1]
    z, n = _NORMAL, freedom
    # The first terms of the Cornish-Fisher expansion in powers of 1 / n.
    terms = (
        z,
        (z**3 + z) / (4 * n),
        (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2),
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3),
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * n**4),
    )
    return sum(terms)
