"""Runs an experiment with small codecs: trains, exports, and measures them on real files.

Each experiment has a module in `studies`, which says what is compared and what is claimed. Systems
that begin with the same base, make as many steps and are trained with several seeds can be told
apart where shorter runs from scratch cannot. The measurements are reported as they are, whether or
not they bear out what a paper claims.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import runner, schema
from tfgan_codec.evaluation.neural import NeuralCodec
from tfgan_codec.specs.names import choose
from tfgan_codec.studies.claims import Claim

METRICS = ("psnr", "ms_ssim", "lpips", "lpips_vgg", "dists", "fid", "fid_256", "kid_256")
# How variants go on with what they share: at a lower rate of learning, which falls to the end.
GOING_ON = ("--learning_rate=3e-4", "--schedule=cosine:floor=0.02", "--ema=0.998")
ONE_RATE = "q0"  # the setting of codecs that have one rate


class System(NamedTuple):
    """Describes one codec that is compared, a row of the tables."""

    name: str  # of its runs and bundles
    title: str  # for readers
    flags: tuple[str, ...] = ()  # for the training command
    begins: System | None = None  # the system whose codec it starts with, a row itself or not
    decodes: str | None = None  # the bundle of whose codec it trains the decoder alone


class Run(NamedTuple):
    """Is one training of a system."""

    system: System
    seed: int

    @property
    def name(self) -> str:
        return self.system.name if self.seed == 0 else f"{self.system.name}-seed{self.seed}"


class Experiment(NamedTuple):
    """Describes an experiment.

    Attributes:
      title: the heading of the report.
      about: its first paragraph.
      systems: what is compared, the baseline first.
      claims: what is said of them, to be borne out or not.
      setting: the codecs' setting, see `NeuralCodec`.
      tables: makes further Markdown lines, for the systems that were trained.
    """

    title: str
    about: str
    systems: tuple[System, ...]
    claims: tuple[Claim, ...] = ()
    setting: str = ONE_RATE
    tables: Callable[[Study, Sequence[System], schema.Results], list[str]] | None = None


# Runs a command with arguments, and returns its exit status.
Command = Callable[[Sequence[str]], int]


class Study(NamedTuple):
    """Holds the settings of one run of an experiment."""

    data: Sequence[str]  # pictures to train on
    test: str  # pictures to measure on
    runs: Path  # folder for runs, bundles and compressed pictures
    out: Path  # folder for the results
    train: Command  # makes a run
    export: Command  # makes a bundle of a run
    seeds: int  # trainings of each system that begins with another, or of all where none does
    weights: str | None  # folder of the metrics' weights
    command: str  # what was typed, for the report
    only: Sequence[str] = ()  # names of the systems beside the baseline; (): all
    also: Sequence[str] = ()  # further flags of training, for all systems

    def trainings(self, systems: Sequence[System]) -> list[Run]:
        """Returns the trainings of systems. A base, which others begin with, has one: its chance is
        no part of how they differ."""
        bases = {system.begins for system in systems}
        return [
            Run(system, seed)
            for system in systems
            for seed in range(1 if system in bases else self.seeds)
        ]

    def bundle(self, run: Run) -> Path:
        return self.runs / f"{run.name}.bundle"

    def files(self, run: Run, setting: str) -> Path:
        """Returns the folder of a run's compressed test pictures."""
        return self.runs / "files" / f"{run.name}-{setting}"

    def start_file(self, run: Run) -> Path:
        """Returns where the weights of a base may lie that was trained before, elsewhere."""
        return self.runs / f"{run.name}.npz"

    def seconds(self, run: Run) -> float:
        """Returns how many seconds of processor time a run's training took; 0 if unknown."""
        file = self.runs / f"{run.name}.seconds"
        return float(file.read_text()) if file.is_file() else 0.0


def chosen(study: Study, systems: Sequence[System]) -> list[System]:
    """Returns the systems that were asked for, and always the baseline."""
    known = {system.name: system for system in systems}
    asked = {choose("system", name, known).name for name in study.only} or set(known)
    return [each for each in systems if each.name in asked or each is systems[0]]


def train(study: Study, run: Run) -> None:
    """Trains and exports a run, and before it what it begins with, unless its bundle is there; a
    base need not be trained if its start file is there."""
    bundle, folder, system = study.bundle(run), study.runs / run.name, run.system
    if (bundle / "manifest.json").is_file():
        return
    asked = [*system.flags, *(f"--data={data}" for data in study.data), f"--out={folder}"]
    if system.begins:
        base = Run(system.begins, 0)
        start = study.start_file(base)
        if not start.is_file():
            train(study, base)
            start = study.runs / base.name
        asked += [f"--init_from={start}"]
    asked += [f"--seed={run.seed}", *study.also]
    asked += ["--resume"] if (folder / "run.json").is_file() else []
    before = _children_seconds()
    failed = study.train(asked)
    study.runs.mkdir(parents=True, exist_ok=True)
    spent = study.seconds(run) + _children_seconds() - before
    (study.runs / f"{run.name}.seconds").write_text(f"{spent:.0f}\n")
    export = [f"--model={folder}", f"--out={bundle}", f"--name={run.name}"]
    # With the tables of that bundle: from a run of its decoder alone they cannot be made anew.
    export += [f"--add_to={system.decodes}"] if system.decodes else []
    if failed or study.export(export):
        raise UsageError(f"{run.name} could not be trained, see above: {asked}")


def _children_seconds() -> float:
    """Returns the processor time of the processes that were started and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def measure(
    study: Study, experiment: Experiment, trainings: Sequence[Run], metrics: Sequence[str]
) -> schema.Results:
    """Measures the bundles of runs on the test pictures; codecs bear the runs' names."""
    settings = (experiment.setting,)
    codecs = [NeuralCodec(str(study.bundle(each)), settings=settings) for each in trainings]
    pictures = runner.find_pictures(study.test)
    files = study.runs / "files"
    plan = runner.Plan(
        codecs, pictures, metrics, study.weights, jobs=2, files=files, command=study.command
    )
    return runner.run(plan)
