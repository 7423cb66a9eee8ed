"""Draws rate-distortion plots as SVG and PNG, one per metric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfgan_codec.evaluation import classical, schema
from tfgan_codec.evaluation.curves import codecs, curve, measured_metrics

_CLASSICAL = {
    "jpeg": "#8a8f98",
    "jpeg2000": "#a0754a",
    "webp": "#3a9d5d",
    "avif": "#e08a1e",
    "heic": "#2f7ed8",
    "jxl": "#8a5cd0",
}
_NEURAL = ("#d6204e", "#0f8a8a", "#c23fb0", "#5a6b1f")  # this project's own stand out


def colors(names: Sequence[str]) -> dict[str, str]:
    """Returns a colour per codec, the same in every plot and report."""
    own = [name for name in names if name not in classical.NAMES]
    return {**_CLASSICAL, **{name: _NEURAL[i % len(_NEURAL)] for i, name in enumerate(own)}}


def save(sets: Sequence[schema.Row], folder: Path, title: str) -> list[str]:
    """Writes METRIC.svg and METRIC.png to `folder` for each measured metric; returns these, which
    are none where every codec was measured at one setting: points are no curve."""
    import matplotlib  # extra [eval]

    matplotlib.use("Agg")
    from matplotlib import pyplot

    style: dict[Any, object] = {
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.hashsalt": "tfgan_codec",  # equal results make equal files
    }
    settings = Counter(row["codec"] for row in sets)
    metrics = measured_metrics(sets) if max(settings.values()) > 1 else []
    with pyplot.rc_context(style):
        for metric in metrics:
            figure = _figure(pyplot, sets, metric, title)
            figure.savefig(folder / f"{metric}.svg", metadata={"Date": None})
            figure.savefig(folder / f"{metric}.png", dpi=120, metadata={"Software": None})
            pyplot.close(figure)
    return metrics


def _figure(pyplot: Any, sets: Sequence[schema.Row], metric: str, title: str) -> Any:
    names = codecs(sets)
    palette = colors(names)
    figure, axes = pyplot.subplots(figsize=(7.2, 4.6), layout="constrained")
    for name in names:
        points = curve(sets, name, metric)
        own = name not in classical.NAMES
        axes.plot(
            points.rates,
            points.values,
            color=palette[name],
            marker="o",
            markersize=5 if own else 3.5,
            linewidth=2.6 if own else 1.5,
            zorder=3 if own else 2,
            label=name,
        )
    better = "higher" if schema.HIGHER_IS_BETTER[metric] else "lower"
    axes.set_title(f"{schema.TITLES[metric]} on {title}", loc="left", fontsize=12, weight="bold")
    axes.set_xlabel("bits per pixel (whole files)")
    axes.set_ylabel(f"{schema.TITLES[metric]}, {better} is better")
    axes.set_xlim(left=0)
    axes.grid(color="#d8dbe0", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.legend(frameon=False)
    return figure
