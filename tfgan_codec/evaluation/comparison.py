"""Compares codecs on the same pictures: measures, then writes tables, plots and pages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import choice, curves, plots, report, runner, schema, sheets, summary
from tfgan_codec.evaluation.codecs import MeasuredCodec
from tfgan_codec.evaluation.details import draw
from tfgan_codec.evaluation.measure import Meter

Maker = Callable[[Sequence[str]], tuple[list[MeasuredCodec], list[str]]]


class Comparison(NamedTuple):
    """Says what to compare, and what to write about it.

    Attributes:
      codecs: the text that was typed for each.
      make: makes codecs of what was typed, and says why some are missing.
      out: the folder to write.
      include: results files of earlier runs on the same pictures, whose rows are taken over.
      anchor: BD-rates are relative to this codec; to the first if it was not measured.
      sheet_bpp: the report shows all pictures at this rate; 0 leaves them out.
      choice: codecs to compare blindly in choice.html; none: it is not written.
    """

    codecs: Sequence[str]
    make: Maker
    out: Path
    include: Sequence[str] = ()
    anchor: str = "avif"
    sheet_bpp: float = 0.1
    choice: Sequence[str] = ()


def run(asked: Comparison, plan: runner.Plan) -> str:
    """Measures and writes everything; returns its tables for the terminal.

    Args:
      asked: what to compare.
      plan: on which pictures and how; its codecs and files are those of `asked`.
    """
    included = [schema.load(file) for file in asked.include]
    codecs, problems = _made(asked.codecs, asked.make)
    plan = plan._replace(codecs=codecs, files=asked.out / "files")
    if codecs:
        results = runner.run(plan)
        results.problems.extend(problems)
        included.insert(0, results)
    if not included:
        raise UsageError(f"nothing to measure: {'; '.join(problems)}")
    results = _merged(included)
    schema.save(results, asked.out / "results.json")
    return _show(results, plan, asked)


def _made(names: Sequence[str], make: Maker) -> tuple[list[MeasuredCodec], list[str]]:
    """Returns the codecs, and why some are missing, which is told at once too."""
    codecs, problems = make(names)
    for problem in problems:
        print(problem, file=sys.stderr)
    return codecs, problems


def _merged(runs: Sequence[schema.Results]) -> schema.Results:
    """Returns one table of several runs; of a codec in two of them, the first counts."""
    merged = schema.Results(dict(runs[0].about), [], [], [])
    for run in runs:
        known = set(curves.codecs(merged.sets))
        merged.records.extend(row for row in run.records if row["codec"] not in known)
        merged.sets.extend(row for row in run.sets if row["codec"] not in known)
        merged.problems.extend(run.problems)
        if any(run.about[key] != runs[0].about[key] for key in ("data", "images")):
            merged.problems.append(
                f"{', '.join(curves.codecs(run.sets))}: measured on other pictures "
                f"({run.about['images']} of {run.about['data']})"
            )
    return merged


def _show(results: schema.Results, plan: runner.Plan, asked: Comparison) -> str:
    """Writes everything that is made of the results; returns the tables for the terminal."""
    out, data = asked.out, str(results.about["data"])
    names = curves.codecs(results.sets)
    anchor = asked.anchor if asked.anchor in names else names[0]
    differences = curves.differences(results.sets, anchor)
    drawn: list[str] = []
    try:
        drawn = plots.save(results.sets, out, data)
    except ImportError as error:
        results.problems.append(f"no plots: they need matplotlib ({error})")
    text = summary.markdown(results, differences, anchor, drawn)
    (out / "README.md").write_text(text, encoding="utf-8")

    pictures = list(_sheets(results, plan, asked)) if asked.sheet_bpp > 0 else []
    if pictures:
        draw(pictures).save(out / "sheet.png", optimize=True)
    page = report.html(results, differences, anchor, pictures, asked.sheet_bpp)
    (out / "report.html").write_text(page, encoding="utf-8")
    told: list[str] = []
    if asked.choice:
        page, told = choice.html(pictures, asked.choice, data)
        (out / "choice.html").write_text(page, encoding="utf-8")

    told.append(summary.plain(summary.table(results.sets)))
    if len(names) > 1:
        told.append(
            f"\nBD-rate to {anchor}, percent of bytes at equal quality (negative is better):"
        )
        told.append(summary.plain(summary.bd_table(differences)))
    return "\n".join([*told, f"\nReport: {out / 'report.html'}"])


def _sheets(
    results: schema.Results, plan: runner.Plan, asked: Comparison
) -> Iterator[sheets.Sheet]:
    made = {codec.name: codec for codec in plan.codecs}
    names = curves.codecs(results.sets)
    for name in names:
        if name not in made:  # of an included file; left out of the sheets if it cannot be had
            made.update((codec.name, codec) for codec in _made([name], asked.make)[0])
    codecs = [made[name] for name in names if name in made]
    meter = Meter([metric for metric in sheets.METRICS if metric in plan.metrics], plan.weights)
    rate, known = asked.sheet_bpp, results.records
    found = sheets.make(plan.pictures, codecs, rate, meter, known, plan.files)
    yield from tqdm(found, "sheets", len(plan.pictures), unit="picture", disable=None)
