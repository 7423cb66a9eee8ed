"""Makes rate-distortion curves and BD-rates of the rows of a results file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import schema
from tfgan_codec.metrics.bdrate import Curve, bd_metric, bd_rate


class Difference(NamedTuple):
    """Holds how a codec differs from the anchor in a metric; None, with a reason, if undefined."""

    codec: str
    metric: str
    rate: float | None  # percent of bytes at equal quality
    value: float | None  # difference of the metric at equal bytes
    reason: str = ""


def codecs(sets: Iterable[schema.Row]) -> list[str]:
    """Returns the names of the codecs in the order in which they were measured."""
    return list(dict.fromkeys(row["codec"] for row in sets))


def measured_metrics(sets: Sequence[schema.Row]) -> list[str]:
    """Returns the metrics that have a value in any row."""
    return [m for m in schema.METRICS if any(row[m] is not None for row in sets)]


def curve(sets: Iterable[schema.Row], codec: str, metric: str) -> Curve:
    """Returns the points (bits per pixel, metric) of one codec in order of rate."""
    points = sorted(
        (row["bpp"], row[metric])
        for row in sets
        if row["codec"] == codec and row[metric] is not None
    )
    return Curve([rate for rate, _ in points], [value for _, value in points])


def differences(sets: Sequence[schema.Row], anchor: str) -> list[Difference]:
    """Returns BD-rate and BD-metric of every codec, compared with the anchor, in every metric."""
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
