"""Bjontegaard differences of rate-distortion curves (VCEG-M33), interpolated by PCHIP.

PCHIP (piecewise cubic, monotone) as in JCT-VC's later practice, where the original fitted one cubic
polynomial, which oscillates over wide ranges of rate. Rates enter as logarithms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from tfgan_codec.errors import UsageError


class Curve(NamedTuple):
    """Holds the points of one codec: rate and quality, one each per setting."""

    rates: Sequence[float]  # in any unit, the same for all curves
    values: Sequence[float]  # of a metric


def bd_rate(anchor: Curve, test: Curve, higher_is_better: bool = True) -> float:
    """Returns the mean difference of rate, `test` to `anchor`, in percent at equal quality.

    Below zero `test` needs fewer bits. The mean is over the range of quality that both curves
    reach. Raises UsageError if there is none, or if a curve has fewer than two usable points.
    """
    sign = 1.0 if higher_is_better else -1.0
    curves = [_front(curve, sign) for curve in (anchor, test)]
    difference = _mean_difference(*[([q for _, q in c], [r for r, _ in c]) for c in curves])
    return (math.exp(difference) - 1.0) * 100.0


def bd_metric(anchor: Curve, test: Curve, higher_is_better: bool = True) -> float:
    """Returns the mean difference of the metric, `test` minus `anchor`, at the rates of both."""
    sign = 1.0 if higher_is_better else -1.0
    curves = [_front(curve, sign) for curve in (anchor, test)]
    return sign * _mean_difference(*[([r for r, _ in c], [q for _, q in c]) for c in curves])


def _front(curve: Curve, sign: float) -> list[tuple[float, float]]:
    """Returns points (log rate, quality) that rise in both; quality is `sign` times the metric.

    Points that a cheaper one equals or beats are left out. Encoders do give such points (two
    settings with one file, or noise in FID), and no monotone curve goes through them.
    """
    if len(curve.rates) != len(curve.values):
        raise UsageError(f"{len(curve.rates)} rates but {len(curve.values)} values")
    if any(rate <= 0 for rate in curve.rates):
        raise UsageError("rates must be above zero")
    points: list[tuple[float, float]] = []
    for rate, value in sorted(zip(curve.rates, curve.values), key=lambda p: (p[0], -sign * p[1])):
        if not points or sign * value > points[-1][1]:
            points.append((math.log(rate), sign * value))
    if len(points) < 2:
        raise UsageError("a curve needs at least two points of rising rate and quality")
    return points


def _mean_difference(
    anchor: tuple[list[float], list[float]], test: tuple[list[float], list[float]]
) -> float:
    """Returns the mean of test - anchor, each (x, y), over the range of x that both cover."""
    try:
        from scipy.interpolate import PchipInterpolator
    except ImportError as error:
        raise UsageError("BD-rates need SciPy; install it with: pip install scipy") from error
    low = max(anchor[0][0], test[0][0])
    high = min(anchor[0][-1], test[0][-1])
    if low >= high:
        raise UsageError("the curves have no range in common")
    areas = [float(PchipInterpolator(x, y).integrate(low, high)) for x, y in (anchor, test)]
    return (areas[1] - areas[0]) / (high - low)
