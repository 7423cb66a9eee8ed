"""Experiments with small codecs: trained, exported, and measured on real files.

What is compared, and how it is told, is in `studies`, a module for each experiment. The
measurements are what they are; they need not bear out what anybody expects.
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
SETTING = "q0"  # a codec of five levels has one rate


class System(NamedTuple):
    """A row. name: of its run and codec. title: for readers. flags: of the training command;
    recipe: the name of a flag file before them. begins: with the codec of this system, which need
    not be a row itself."""

    name: str
    title: str
    flags: tuple[str, ...] = ()
    recipe: str | None = None
    begins: System | None = None


def small(name: str, title: str, begins: System | None = None) -> System:
    """A system made small, whose flags are the file of that name."""
    return System(name, title, recipe=f"{name}-small", begins=begins)


class Experiment(NamedTuple):
    """title, about: heading and first paragraph. systems: what is compared, the baseline first.
    tables: the Markdown lines between heading and picture, of the systems that were trained."""

    title: str
    about: str
    systems: tuple[System, ...]
    tables: Callable[[Study, Sequence[System], schema.Results], list[str]]


# Runs a command with arguments, and returns its exit status.
Command = Callable[[Sequence[str]], int]


class Study(NamedTuple):
    """data: training pictures. test: pictures to measure on. runs: where runs and bundles go.
    out: where results go. recipes: folder of the flag files. train, export: the commands that make
    a run, and a bundle of it. minutes: of training per system; None: what their flags say. command:
    what was typed. only: names of systems, the baseline aside; none: all. also: further flags of
    training for all."""

    data: str
    test: str
    runs: Path
    out: Path
    recipes: Path
    train: Command
    export: Command
    minutes: float | None
    weights: str | None
    command: str
    only: Sequence[str] = ()
    also: Sequence[str] = ()

    def flags(self, system: System) -> list[str]:
        """What the training command is told of a system."""
        recipe = [f"--flagfile={self.recipes / system.recipe}.flags"] if system.recipe else []
        return [*recipe, *system.flags]

    def bundle(self, system: System) -> Path:
        return self.runs / f"{system.name}.bundle"

    def files(self, system: System) -> Path:
        """Where the compressed test pictures are."""
        return self.runs / "files" / f"{system.name}-{SETTING}"


def run(study: Study, experiment: Experiment, metrics: Sequence[str] = METRICS) -> None:
    """Trains what is not trained yet and measures; writes README.md, results.json, pictures.png."""
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
    """Trains and exports, unless the bundle is there."""
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
    """Steps of training, bpp and metrics of a system, as the tables show them."""
    (row,) = (row for row in results.sets if row["codec"] == system.name)
    digits = {"bpp": 4, "psnr": 2, "fid": 1}
    values = [str(load(study.bundle(system)).bundle.info["steps"])]
    for metric in ("bpp", *metrics):
        value = row[metric]
        values.append("-" if value is None else f"{value:.{digits.get(metric, 4)}f}")
    return values


def _health(study: Study, systems: Sequence[System]) -> list[list[str]]:
    """How the discriminators fared, from the runs' figures."""
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
    """A detail of one picture by every codec, a smaller one of many codecs."""
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
