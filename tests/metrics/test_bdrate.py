import importlib.util
import math
import sys

import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics.bdrate import Curve, bd_metric, bd_rate

E = math.e
ANCHOR = Curve([0.1, 0.2, 0.4, 0.8], [30.0, 33.0, 35.5, 37.0])
needs_scipy = pytest.mark.skipif(
    importlib.util.find_spec("scipy") is None, reason="SciPy is not installed"
)


@needs_scipy
def test_the_same_curve_at_80_percent_of_the_rate():
    test = Curve([0.8 * rate for rate in ANCHOR.rates], ANCHOR.values)
    assert bd_rate(ANCHOR, test) == pytest.approx(-20.0, abs=1e-9)
    assert bd_rate(test, ANCHOR) == pytest.approx(25.0, abs=1e-9)


@needs_scipy
def test_the_same_curve_one_decibel_higher():
    test = Curve(ANCHOR.rates, [value + 1.0 for value in ANCHOR.values])
    assert bd_metric(ANCHOR, test) == pytest.approx(1.0, abs=1e-9)


@needs_scipy
def test_straight_lines_worked_by_hand():
    anchor = Curve([1.0, E**2], [30.0, 34.0])  # log rate = (q - 30) / 2
    test = Curve([1.0, E], [31.0, 35.0])  # log rate = (q - 31) / 4
    # q in 31..34: mean of the test's log rates 0.375, of the anchor's 1.25
    assert bd_rate(anchor, test) == pytest.approx((math.exp(0.375 - 1.25) - 1) * 100)
    # log rate in 0..1: mean quality 33 against 31
    assert bd_metric(anchor, test) == pytest.approx(2.0)


@needs_scipy
def test_a_curved_one_worked_by_hand():
    # PCHIP through (0, 0), (1, 1), (2, 4) has slopes 0, 1.5, 4, and the integral
    # (1/2 - 1.5/12) + (5/2 + (1.5 - 4)/12) = 8/3; the straight line's is 2.
    anchor = Curve([1.0, E, E**4], [0.0, 1.0, 2.0])
    test = Curve([1.0, E, E**2], [0.0, 1.0, 2.0])
    assert bd_rate(anchor, test) == pytest.approx((math.exp((2 - 8 / 3) / 2) - 1) * 100)


@needs_scipy
def test_lower_is_better():
    anchor = Curve(ANCHOR.rates, [1 / value for value in ANCHOR.values])
    test = Curve([0.5 * rate for rate in anchor.rates], anchor.values)
    assert bd_rate(anchor, test, higher_is_better=False) == pytest.approx(-50.0)
    worse = Curve(anchor.rates, [value + 0.1 for value in anchor.values])
    assert bd_metric(anchor, worse, higher_is_better=False) == pytest.approx(0.1)


@needs_scipy
def test_order_doubled_and_dominated_points_do_not_matter():
    messy = Curve([0.4, 0.1, 0.8, 0.2, 0.2, 0.3], [35.5, 30.0, 37.0, 33.0, 32.0, 32.5])
    assert bd_rate(ANCHOR, messy) == pytest.approx(0.0, abs=1e-9)


@needs_scipy
def test_curves_that_do_not_meet_are_refused():
    with pytest.raises(UsageError, match="no range in common"):
        bd_rate(ANCHOR, Curve([0.1, 0.2], [20.0, 25.0]))
    with pytest.raises(UsageError, match="at least two points"):
        bd_rate(ANCHOR, Curve([0.1], [31.0]))
    with pytest.raises(UsageError, match="above zero"):
        bd_rate(ANCHOR, Curve([0.0, 0.1], [31.0, 32.0]))
    with pytest.raises(UsageError, match="3 rates but 2 values"):
        bd_rate(ANCHOR, Curve([0.1, 0.2, 0.3], [31.0, 32.0]))


def test_scipy_is_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.interpolate", None)
    with pytest.raises(UsageError, match="pip install scipy"):
        bd_rate(ANCHOR, ANCHOR)
