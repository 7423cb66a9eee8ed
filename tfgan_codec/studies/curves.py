"""Draws what the runs of an experiment wrote down while they trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tfgan_codec.training.callbacks.figures import read_figures

_FIGURES = {
    "loss": "loss",
    "ms_ssim": "MS-SSIM of the crops",
    "bpp": "bits per pixel",
    "d_loss": "discriminator's loss",
}
_WINDOW = 9  # lines of `figures.jsonl` whose mean a point is


def save(runs: Mapping[str, Path], path: Path) -> None:
    """Writes a plot of each figure over the steps, a line per run, as PNG.

    runs: the runs' folders, by what readers call them.
    """
    import matplotlib  # extra [eval]

    matplotlib.use("Agg")
    from matplotlib import pyplot

    lines = {title: read_figures(folder) for title, folder in runs.items()}
    names = [n for n in _FIGURES if any(n in line for each in lines.values() for line in each)]
    size = (5.0 * max(1, len(names)), 3.6)
    figure, axes = pyplot.subplots(1, max(1, len(names)), figsize=size, layout="constrained")
    for place, name in zip(np.atleast_1d(axes), names):
        for title, figures in lines.items():
            known = [line for line in figures if name in line]
            steps, values = (np.array([line[key] for line in known]) for key in ("step", name))
            if known:
                place.plot(_smoothed(steps), _smoothed(values), label=title, linewidth=1.2)
        place.set_xlabel("step")
        place.set_title(_FIGURES[name])
    handles, labels = np.atleast_1d(axes)[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    pyplot.close(figure)


def _smoothed(values: np.ndarray) -> np.ndarray:
    """Returns the moving mean of values, or all where they are few."""
    window = min(_WINDOW, len(values))
    return np.convolve(values, np.ones(window) / window, mode="valid")
