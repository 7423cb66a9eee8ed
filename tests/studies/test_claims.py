"""What measurements say of a claim."""

import math

import pytest

pytest.importorskip("tensorflow")

from tfgan_codec.evaluation.intervals import Interval
from tfgan_codec.studies.claims import Claim, table, verdict

UNKNOWN = "cannot be decided here"
OPPOSITE = "not borne out: the opposite was found"


@pytest.mark.parametrize(
    ("metric", "found", "rate_change", "said"),
    [
        ("psnr", Interval(0.3, 0.2), 0.0, "borne out"),
        ("psnr", Interval(-0.3, 0.2), 0.0, OPPOSITE),
        ("psnr", Interval(0.2, 0.3), 0.0, UNKNOWN),
        ("psnr", Interval(9.0, math.inf), 0.0, UNKNOWN),
        ("fid", Interval(-3.0, 2.0), 0.0, "borne out"),  # lower is better
        ("fid", Interval(3.0, 2.0), 0.0, OPPOSITE),
        ("psnr", Interval(0.3, 0.2), 0.05, f"{UNKNOWN}: the rates differ by +5.0 %"),
        ("psnr", Interval(0.3, 0.2), -0.05, "borne out"),  # better with fewer bits
        ("psnr", Interval(-0.3, 0.2), -0.05, f"{UNKNOWN}: the rates differ by -5.0 %"),
        ("psnr", Interval(-0.3, 0.2), 0.05, OPPOSITE),  # worse with more bits
    ],
)
def test_verdicts(metric: str, found: Interval, rate_change: float, said: str):
    assert verdict(metric, found, rate_change) == said


def test_only_claims_on_systems_that_were_trained_are_told():
    claims = [
        Claim("A beats B.", "a", "b", ("psnr", "lpips", "fid")),
        Claim("A beats C.", "a", "c", ("psnr",)),
    ]

    def compare(metric: str, first: str, second: str) -> Interval:
        return Interval({"psnr": 1.0, "fid": 5.0}[metric], 0.5)

    rates = {"a": 0.101, "b": 0.1}
    measured = ["psnr", "fid"]

    def shown(metric: str, found: Interval) -> str:
        return str(found.value)

    rows = table(claims, ["a", "b"], measured, compare, rates.__getitem__, shown)
    assert rows[1:] == [
        ["A beats B.", "PSNR (dB)", "1.0", "borne out"],
        ["", "FID", "5.0", OPPOSITE],
    ]
