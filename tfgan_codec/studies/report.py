"""Reports an experiment: tables with intervals, verdicts on claims, curves and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tfgan_codec.codec import load
from tfgan_codec.evaluation import runner, schema, sheet
from tfgan_codec.evaluation.summary import made_by, markdown_table
from tfgan_codec.studies import claims, curves
from tfgan_codec.studies.measured import Measured, shown
from tfgan_codec.studies.study import (
    METRICS,
    Experiment,
    Run,
    Study,
    System,
    chosen,
    measure,
    train,
)


def run(study: Study, experiment: Experiment, metrics: Sequence[str] = METRICS) -> None:
    """Trains what is not trained yet, measures all, and writes README.md, results.json, curves.png
    and pictures.png to `study.out`."""
    systems = chosen(study, experiment.systems)
    trainings = study.trainings(systems)
    for each in trainings:
        train(study, each)
    results = measure(study, experiment, trainings, metrics)
    study.out.mkdir(parents=True, exist_ok=True)
    schema.save(results, study.out / "results.json")
    text = _report(study, experiment, systems, results)
    (study.out / "README.md").write_text(text, encoding="utf-8")
    first = [each for each in trainings if each.seed == 0]
    runs = {each.system.title: study.runs / each.name for each in first}
    curves.save(runs, study.out / "curves.png")
    pictures = runner.find_pictures(study.test)
    shown = pictures[-4] if len(pictures) == 24 else pictures[0]  # Kodak's 21
    _pictures(study, experiment, first, shown).save(study.out / "pictures.png")


def _report(
    study: Study, experiment: Experiment, systems: Sequence[System], results: schema.Results
) -> str:
    about = results.about
    found = Measured(study, systems, results)
    known = [system.name for system in systems]
    statements = claims.table(
        experiment.claims, known, found.metrics, found.difference, found.rate, shown
    )
    parts = [
        f"# {experiment.title}",
        "",
        f"{made_by(about)}; {about['images']} pictures of {about['data']}. "
        f"bpp counts whole files. {experiment.about}",
        "",
        *("## Measurements", "", "Means over pictures and seeds. `time` is that of a step,"),
        "in processor time, relative to the first row's.",
        *("", markdown_table(found.means()), ""),
        *("## Differences from the first row", ""),
        "With 95 % intervals: of the pictures, drawn again, and of the seeds, whose variance is "
        "that of all systems together. Bold where the interval leaves out 0.",
        *("", markdown_table(found.differences()), ""),
    ]
    if len(statements) > 1:
        parts += ["## What is claimed", "", markdown_table(statements), ""]
    if experiment.tables:
        parts += [*experiment.tables(study, systems, results), ""]
    if any("d_loss" in figure for f in found.figures.values() for figure in f):
        parts += ["## Discriminators", "", "First and last lines of `figures.jsonl`.", ""]
        parts += [markdown_table(_health(found.figures)), ""]
    parts += [f"Problem: {problem}" for problem in results.problems]
    parts += ["![Figures of training](curves.png)", ""]
    parts += ["![A detail by every codec](pictures.png)", ""]
    return "\n".join(parts)


def _health(figures: dict[Run, list[dict[str, float]]]) -> list[list[str]]:
    """Returns a table of the discriminators' first and last figures."""
    table = [["run", "d_loss, first", "d_loss, last", "d_real", "d_fake", "all finite"]]
    for each, lines in figures.items():
        finite = all(np.isfinite(value) for line in lines for value in line.values())
        gan = [line for line in lines if "d_loss" in line]
        cells = ["-"] * 4
        if gan:
            values = [gan[0]["d_loss"], *(gan[-1][k] for k in ("d_loss", "d_real", "d_fake"))]
            cells = [f"{value:.3f}" for value in values]
        title = each.system.title + (f", seed {each.seed}" if each.seed else "")
        table.append([title, *cells, "yes" if finite else "NO"])
    return table


def _pictures(study: Study, experiment: Experiment, runs: Sequence[Run], path: Path) -> Image.Image:
    """Returns a sheet with a detail of one picture by every codec, smaller if there are many."""
    original = Image.open(path).convert("RGB")
    width, height = (320, 256) if len(runs) < 8 else (240, 192)
    box = (0, 0, min(width, original.width), min(height, original.height))
    panels = [sheet.Panel("original", path.name, original.crop(box))]
    for each in runs:
        codec = load(study.bundle(each))
        file = study.files(each, experiment.setting) / f"{path.stem}.tgc"
        bpp = 8 * file.stat().st_size / (original.width * original.height)
        detail = codec.decompress(file).crop(box)
        panels.append(sheet.Panel(each.system.title, f"{bpp:.4f} bpp", detail))
    return sheet.sheet(panels)
