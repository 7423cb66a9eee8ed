"""Rate-distortion curves and BD-rates out of results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import schema
from tfgan_codec.metrics.bdrate import Curve, bd_metric, bd_rate


class Difference(NamedTuple):
    """Of one codec to the anchor in one metric; None with a reason where it is undefined."""

    codec: str
    metric: str
    rate: float | None  # percent of bytes at equal quality
    value: float | None  # of the metric at equal bytes
    reason: str = ""


def codecs(sets: Iterable[schema.Row]) -> list[str]:
    """Names in the order in which they were measured."""
    return list(dict.fromkeys(row["codec"] for row in sets))


def measured_metrics(sets: Sequence[schema.Row]) -> list[str]:
    """Those that hold a number anywhere."""
    return [m for m in schema.METRICS if any(row[m] is not None for row in sets)]


def curve(sets: Iterable[schema.Row], codec: str, metric: str) -> Curve:
    """Points of one codec in order of rate."""
    points = sorted(
        (row["bpp"], row[metric])
        for row in sets
        if row["codec"] == codec and row[metric] is not None
    )
    return Curve([rate for rate, _ in points], [value for _, value in points])


def differences(sets: Sequence[schema.Row], anchor: str) -> list[Difference]:
    """BD-rate and BD-metric of every codec to the anchor, in every metric."""
    if anchor not in codecs(sets):
        raise UsageError(f"the anchor {anchor} was not measured, only {', '.join(codecs(sets))}")
    out = []
    for codec in codecs(sets):
        for metric in measured_metrics(sets):
            pair = curve(sets, anchor, metric), curve(sets, codec, metric)
            higher = schema.HIGHER_IS_BETTER[metric]
            try:
                values = bd_rate(*pair, higher), bd_metric(*pair, higher)
                out.append(Difference(codec, metric, *values))
            except UsageError as error:
                out.append(Difference(codec, metric, None, None, str(error)))
    return out
