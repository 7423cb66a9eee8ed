import numpy as np
import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics import ciede2000
from tfgan_codec.metrics.ciede2000 import difference, lab

# Table 1 of Sharma, Wu and Dalal (2005): two colours L, a, b and their difference. They are made to
# find wrong turns: hues on both sides of 0 and 180 degrees, greys, blues.
SHARMA = """
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""


@pytest.mark.parametrize("order", ["as printed", "exchanged"])
def test_published_pairs(order):
    table = np.array([line.split() for line in SHARMA.split("\n") if line], np.float64)
    assert table.shape == (34, 7)
    first, second = table[:, :3], table[:, 3:6]
    found = difference(first, second) if order == "as printed" else difference(second, first)
    assert np.abs(found - table[:, 6]).max() < 0.5e-4 + 1e-9  # the table has four digits


def test_lab_of_known_colours():
    # Of white, a middle grey and the primaries of sRGB (IEC 61966-2-1) under D65.
    colours = np.array([[255] * 3, [119] * 3, [255, 0, 0], [0, 255, 0], [0, 0, 255], [0] * 3])
    expected = [
        *([100, 0, 0], [50.034, 0, 0], [53.241, 80.092, 67.203]),
        *([87.735, -86.183, 83.179], [32.297, 79.188, -107.860], [0, 0, 0]),
    ]
    assert lab(colours) == pytest.approx(np.array(expected), abs=0.01)


def test_pictures_have_the_mean_of_their_pixels():
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 256, (2, 150, 40, 3), dtype=np.uint8)
    assert ciede2000(a, b) == pytest.approx(difference(lab(a), lab(b)).mean())
    assert ciede2000(a, a) == 0.0
    half = a.copy()
    half[:75] = b[:75]
    assert ciede2000(a, half) == pytest.approx(ciede2000(a[:75], b[:75]) / 2)


def test_other_shapes_are_refused():
    with pytest.raises(UsageError, match=r"height x width x 3, not shape \(4, 4\)"):
        ciede2000(np.zeros((4, 4)), np.zeros((4, 4)))
