"""What is claimed of two systems, and whether the measurements bear it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.intervals import Interval

# By how much the rates of two codecs may differ where these are compared at one rate.
RATE_TOLERANCE = 0.02


class Claim(NamedTuple):
    """Says that one system is better than another.

    Attributes:
      text: the statement, for readers, with the paper's word for it.
      better, worse: names of systems.
      metrics: the measures that the statement speaks of.
      same_rate: whether it means codecs of equal rate; False where decoders share their files.
    """

    text: str
    better: str
    worse: str
    metrics: tuple[str, ...]
    same_rate: bool = True


# Returns by how much a metric of the first system, by name, exceeds that of the second.
Compare = Callable[[str, str, str], Interval]


def verdict(metric: str, found: Interval, rate_change: float) -> str:
    """Returns what a difference, better minus worse, says of a claim, for a table.

    Args:
      metric: one of `schema.METRICS`.
      found: the difference.
      rate_change: bits per pixel of the better system relative to the worse one's, less 1; 0 where
        rates are not part of the claim.
    """
    if not found.clear:
        return "cannot be decided here"
    held = (found.value > 0) == schema.HIGHER_IS_BETTER[metric]
    # More bits make any codec better, and fewer bits worse.
    if abs(rate_change) > RATE_TOLERANCE and (rate_change > 0) == held:
        return f"cannot be decided here: the rates differ by {100 * rate_change:+.1f} %"
    return "borne out" if held else "not borne out: the opposite was found"


def table(
    claims: Sequence[Claim],
    known: Sequence[str],
    measured: Sequence[str],
    compare: Compare,
    rates: Callable[[str], float],
    shown: Callable[[str, Interval], str],
) -> list[list[str]]:
    """Returns a table of the claims on systems that are known, a row per measure.

    Args:
      known: names of the systems that were trained.
      measured: the metrics that all of them have.
      compare: gives the differences.
      rates: gives bits per pixel of a system.
      shown: writes a difference of a metric.
    """
    rows = [["statement", "measure", "difference", "verdict"]]
    for claim in claims:
        if not {claim.better, claim.worse} <= set(known):
            continue
        change = rates(claim.better) / rates(claim.worse) - 1 if claim.same_rate else 0.0
        for number, metric in enumerate(m for m in claim.metrics if m in measured):
            found = compare(metric, claim.better, claim.worse)
            told = claim.text if number == 0 else ""
            title = schema.TITLES[metric]
            rows.append([told, title, shown(metric, found), verdict(metric, found, change)])
    return rows
