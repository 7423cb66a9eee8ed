"""Runs an experiment with small codecs: trains, exports, and measures them on real files.

Each experiment has a module in `studies`, which says what is compared and how it is reported. The
measurements are reported as they are, whether or not they bear out what a paper claims.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from tfgan_codec.codec import load
from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import runner, schema, sheet
from tfgan_codec.evaluation.neural import NeuralCodec
from tfgan_codec.evaluation.summary import markdown_table
from tfgan_codec.specs.names import choose
from tfgan_codec.training.callbacks.figures import read_figures

METRICS = ("psnr", "ms_ssim", "lpips", "fid")
SETTING = "q0"  # the only quality of these codecs, which have one rate


class System(NamedTuple):
    """Describes one codec that is compared, a row of the tables."""

    name: str  # of its run and its bundle
    title: str  # for readers
    flags: tuple[str, ...] = ()  # for the training command
    recipe: str | None = None  # name of a flag file that is read before them
    begins: System | None = None  # the system whose codec it starts with, a row itself or not


def small(name: str, title: str, begins: System | None = None) -> System:
    """Returns a scaled-down system, whose flags are in the file `NAME-small.flags`."""
    return System(name, title, recipe=f"{name}-small", begins=begins)


class Experiment(NamedTuple):
    """Describes an experiment. tables: makes the Markdown lines between heading and picture, for
    the systems that were trained."""

    title: str  # the heading of the report
    about: str  # its first paragraph
    systems: tuple[System, ...]  # what is compared, the baseline first
    tables: Callable[[Study, Sequence[System], schema.Results], list[str]]


# Runs a command with arguments, and returns its exit status.
Command = Callable[[Sequence[str]], int]


class Study(NamedTuple):
    """Holds the settings of one run of an experiment."""

    data: str  # pictures to train on
    test: str  # pictures to measure on
    runs: Path  # folder for runs, bundles and compressed pictures
    out: Path  # folder for the results
    recipes: Path  # folder of the flag files
    train: Command  # makes a run
    export: Command  # makes a bundle of a run
    minutes: float | None  # of training per system; None: what their flags say
    weights: str | None  # folder of the metrics' weights
    command: str  # what was typed, for the report
    only: Sequence[str] = ()  # names of the systems beside the baseline; (): all
    also: Sequence[str] = ()  # further flags of training, for all systems

    def flags(self, system: System) -> list[str]:
        """Returns the flags that the training command is given for a system."""
        recipe = [f"--flagfile={self.recipes / system.recipe}.flags"] if system.recipe else []
        return [*recipe, *system.flags]

    def bundle(self, system: System) -> Path:
        return self.runs / f"{system.name}.bundle"

    def files(self, system: System) -> Path:
        """Returns the folder of a system's compressed test pictures."""
        return self.runs / "files" / f"{system.name}-{SETTING}"


def run(study: Study, experiment: Experiment, metrics: Sequence[str] = METRICS) -> None:
    """Trains what is not trained yet, measures all, and writes README.md, results.json and
    pictures.png to `study.out`."""
    systems = _chosen(experiment.systems, study.only)
    for system in systems:
        _train(study, system)
    pictures = runner.find_pictures(study.test)
    codecs = [NeuralCodec(str(study.bundle(s)), settings=(SETTING,)) for s in systems]
    files = study.runs / "files"
    plan = runner.Plan(
        codecs, pictures, metrics, study.weights, jobs=2, files=files, command=study.command
    )
    results = runner.run(plan)
    study.out.mkdir(parents=True, exist_ok=True)
    schema.save(results, study.out / "results.json")
    text = _report(study, experiment, systems, results)
    (study.out / "README.md").write_text(text, encoding="utf-8")
    shown = pictures[-4] if len(pictures) == 24 else pictures[0]  # Kodak's 21
    _pictures(study, systems, shown).save(study.out / "pictures.png")


def _chosen(systems: Sequence[System], only: Sequence[str]) -> list[System]:
    known = {system.name: system for system in systems}
    asked = {choose("system", name, known).name for name in only} or set(known)
    return [each for each in systems if each.name in asked or each is systems[0]]


def _train(study: Study, system: System) -> None:
    """Trains and exports a system, unless its bundle is there."""
    bundle, folder = study.bundle(system), study.runs / system.name
    if (bundle / "manifest.json").is_file():
        return
    if system.begins:
        _train(study, system.begins)
    train = [*study.flags(system), f"--data={study.data}", f"--out={folder}"]
    train += [f"--init_from={study.runs / system.begins.name}"] if system.begins else []
    train += [] if study.minutes is None else [f"--minutes={study.minutes}"]
    train += [*study.also, *(["--resume"] if (folder / "run.json").is_file() else [])]
    export = [f"--model={folder}", f"--out={bundle}", f"--name={system.name}"]
    if study.train(train) or study.export(export):
        raise UsageError(f"{system.name} could not be trained, see above: {train}")


def _report(
    study: Study, experiment: Experiment, systems: Sequence[System], results: schema.Results
) -> str:
    about = results.about
    lines = [
        f"# {experiment.title}",
        "",
        f"Made by\n\n    {about['command']}\n\nat commit {about['commit'] or '(none)'}, "
        f"{about['date']}, on {about['machine']}; {about['images']} pictures of {about['data']}. "
        f"bpp counts whole files. {experiment.about}",
        "",
        *experiment.tables(study, systems, results),
        "",
    ]
    if any("d_loss" in figure for s in systems for figure in read_figures(study.runs / s.name)):
        lines += ["## Discriminators", ""]
        lines += ["First and last lines of `figures.jsonl` with a discriminator.", ""]
        lines += [markdown_table(_health(study, systems)), ""]
    lines += [f"Problem: {problem}" for problem in results.problems]
    lines += ["![A detail by every codec](pictures.png)", ""]
    return "\n".join(lines)


def cells(study: Study, system: System, results: schema.Results, metrics: Sequence[str]):
    """Returns steps of training, bpp and metrics of a system, as texts for a table."""
    (row,) = (row for row in results.sets if row["codec"] == system.name)
    digits = {"bpp": 4, "psnr": 2, "fid": 1}
    values = [str(load(study.bundle(system)).bundle.info["steps"])]
    for metric in ("bpp", *metrics):
        value = row[metric]
        values.append("-" if value is None else f"{value:.{digits.get(metric, 4)}f}")
    return values


def _health(study: Study, systems: Sequence[System]) -> list[list[str]]:
    """Returns a table of the discriminators' first and last figures in `figures.jsonl`."""
    table = [["codec", "d_loss, first", "d_loss, last", "d_real", "d_fake", "all finite"]]
    for system in systems:
        figures = read_figures(study.runs / system.name)
        finite = all(np.isfinite(v) for figure in figures for v in figure.values())
        gan = [figure for figure in figures if "d_loss" in figure]
        shown = ["-"] * 4
        if gan:
            values = [gan[0]["d_loss"], *(gan[-1][k] for k in ("d_loss", "d_real", "d_fake"))]
            shown = [f"{value:.3f}" for value in values]
        table.append([system.title, *shown, "yes" if finite else "NO"])
    return table


def _pictures(study: Study, systems: Sequence[System], path: Path) -> Image.Image:
    """Returns a sheet with a detail of one picture by every codec, smaller if there are many."""
    original = Image.open(path).convert("RGB")
    width, height = (320, 256) if len(systems) < 8 else (240, 192)
    box = (0, 0, min(width, original.width), min(height, original.height))
    panels = [sheet.Panel("original", path.name, original.crop(box))]
    for system in systems:
        codec = load(study.bundle(system))
        file = study.files(system) / f"{path.stem}.tgc"
        bpp = 8 * file.stat().st_size / (original.width * original.height)
        panels.append(sheet.Panel(system.title, f"{bpp:.4f} bpp", codec.decompress(file).crop(box)))
    return sheet.sheet(panels)
