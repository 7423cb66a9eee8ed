"""What was measured of the systems of an experiment, over their seeds, as tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tfgan_codec.codec import load
from tfgan_codec.evaluation import intervals, schema
from tfgan_codec.evaluation.intervals import Interval
from tfgan_codec.evaluation.trained_on import run_info
from tfgan_codec.studies.study import Run, Study, System
from tfgan_codec.training.callbacks.figures import read_figures

_DIGITS = {"bpp": 4, **schema.DECIMALS}


class Measured:
    """Holds what was measured of each system, over its seeds."""

    def __init__(self, study: Study, systems: Sequence[System], results: schema.Results):
        self.systems = systems
        self.runs = study.trainings(systems)
        self.figures = {each: read_figures(study.runs / each.name) for each in self.runs}
        self._seconds = {each: study.seconds(each) for each in self.runs}
        self._steps = {each: _steps(study, each) for each in self.runs}
        self._sets = {row["codec"]: row for row in results.sets}
        self._records = results.records
        columns = [m for m in schema.METRICS if all(r[m] is not None for r in results.sets)]
        self.metrics = columns

    def means(self) -> list[list[str]]:
        """Returns the table of what was measured."""
        timed = all(self._seconds.values())
        head = ["system", "seeds", "steps", *(["time"] if timed else []), "bpp"]
        rows = [[*head, *(schema.TITLES[metric] for metric in self.metrics)]]
        for system in self.systems:
            own = self._of(system.name)
            row = [system.title, str(len(own)), str(self._steps[own[0]])]
            row += [f"{self._time(system) / self._time(self.systems[0]):.2f}"] if timed else []
            row += [
                written(metric, self._mean(system, metric)) for metric in ("bpp", *self.metrics)
            ]
            rows.append(row)
        return rows

    def differences(self) -> list[list[str]]:
        """Returns the table of differences from the first system."""
        rows = [["system", "bpp", *(schema.TITLES[metric] for metric in self.metrics)]]
        first = self.systems[0].name
        for system in self.systems[1:]:
            found = [self.difference(metric, system.name, first) for metric in self.metrics]
            change = 100 * (self.rate(system.name) / self.rate(first) - 1)
            cells = [shown(metric, each) for metric, each in zip(self.metrics, found)]
            rows.append([system.title, f"{change:+.1f} %", *cells])
        return rows

    def rate(self, system: str) -> float:
        return float(np.mean([self._sets[each.name]["bpp"] for each in self._of(system)]))

    def difference(self, metric: str, first: str, second: str) -> Interval:
        """Returns by how much a metric of the first system exceeds the second's."""
        groups = [[self._sets[r.name][metric] for r in self._of(s.name)] for s in self.systems]
        values = self._values(metric, first), self._values(metric, second)
        return intervals.difference(*values, intervals.noise(groups))

    def _values(self, metric: str, system: str) -> np.ndarray:
        """Returns a metric's values [seeds, pictures], or [seeds, 1] where it is one of sets."""
        if metric in schema.SET_METRICS:
            return np.array([[self._sets[each.name][metric]] for each in self._of(system)])
        found = [
            [row[metric] for row in self._records if row["codec"] == each.name]
            for each in self._of(system)
        ]
        return np.array(found)

    def _of(self, system: str) -> list[Run]:
        return [each for each in self.runs if each.system.name == system]

    def _mean(self, system: System, metric: str) -> float:
        return float(np.mean([self._sets[each.name][metric] for each in self._of(system.name)]))

    def _time(self, system: System) -> float:
        own = self._of(system.name)
        return sum(self._seconds[each] for each in own) / sum(self._steps[each] for each in own)


def _steps(study: Study, run: Run) -> int:
    """Returns how many steps a run's training made, or that of its most realistic decoder."""
    bundle = load(study.bundle(run)).bundle
    return run_info(bundle.info, bundle.realisms[-1])["steps"]


def written(metric: str, value: float) -> str:
    return f"{value:.{_DIGITS.get(metric, 4)}f}"


def shown(metric: str, found: Interval) -> str:
    """Returns a difference with its margin, bold where it is clear."""
    digits = _DIGITS.get(metric, 4)
    margin = f"{found.margin:.{digits}f}" if np.isfinite(found.margin) else "?"
    text = f"{found.value:+.{digits}f} ± {margin}"
    return f"**{text}**" if found.clear else text
