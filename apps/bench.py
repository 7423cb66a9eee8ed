"""Compares codecs on a folder of pictures."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from absl import flags
from tqdm import tqdm

from apps import _evaluation, _training
from tfgan_codec import cli
from tfgan_codec.bundle.model import Part
from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import (
    choice,
    classical,
    curves,
    decoders,
    details,
    plots,
    report,
    runner,
    schema,
    sheets,
    summary,
)
from tfgan_codec.evaluation.codecs import Codec, create_all
from tfgan_codec.evaluation.measure import Meter

_USAGE = """
usage: python -m apps.bench --data=FOLDER --out=FOLDER [--codecs=jpeg,avif,mobile] [--choice=A,B]
       python -m apps.bench --tally=ANSWERS.json,...
       python -m apps.bench --decoders=mobile,BUNDLE,... --data=FOLDER --out=FOLDER

Measures codecs on the same pictures, as real files. Writes into the folder results.json, README.md
with tables, a plot per metric (SVG and PNG), report.html to look at, sheet.png with details of some
pictures, and the compressed files; docs/evaluation.md says what the metrics are.

A codec is one of jpeg, jpeg2000, webp, avif, heic, jxl, a model's name or a bundle's path, and can
be followed by its settings: avif=12/20/28, mobile=0.05/0.1 (bits per pixel), mobile=q60/q120
(quality levels), mobile@0 (realism 0), mobile+realism100 (apps.compress --search).

  python -m apps.bench --data=photos --codecs=jpeg,avif,mobile --out=comparison
"""
_CODECS = (*classical.NAMES, "mobile")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.new_flags()
    _evaluation.define_flags(values)
    flags.DEFINE_list("codecs", list(_CODECS), "What to compare, see above.", flag_values=values)
    flags.DEFINE_string("out", None, "The folder to write.", flag_values=values)
    flags.DEFINE_string(
        "anchor", "avif", "BD-rates are relative to this codec.", flag_values=values
    )
    flags.DEFINE_list(
        "include",
        [],
        "Results files of earlier runs on the same pictures, whose rows are taken over.",
        flag_values=values,
    )
    flags.DEFINE_float(
        "sheet_bpp",
        0.1,
        "The report shows all pictures at this rate; 0 leaves them out.",
        flag_values=values,
    )
    flags.DEFINE_list(
        "choice",
        [],
        "Also write choice.html, where people compare these codecs blindly.",
        flag_values=values,
    )
    flags.DEFINE_list(
        "tally", [], "Instead of all this, count such pages' answer files.", flag_values=values
    )

    flags.DEFINE_list(
        "decoders",
        [],
        "Instead of all this, compare decoders of the files that the first of these bundles makes "
        "at --sheet_bpp; random:NAME is the full-size decoder of a codec with random weights.",
        flag_values=values,
    )

    def bench() -> None:
        if values.tally:
            print(choice.describe(choice.tally(values.tally)))
            return
        if values.out is None:
            raise cli.CommandLineError("--out=FOLDER is needed")
        out = Path(values.out)
        if values.decoders:
            _compare_decoders(values, out, argv)
            return
        included = [schema.load(file) for file in values.include]
        codecs, problems = _create(values.codecs, values)
        plan = _evaluation.plan(values, codecs, "apps.bench", argv)._replace(files=out / "files")
        if codecs:
            results = runner.run(plan)
            results.problems.extend(problems)
            included.insert(0, results)
        if not included:
            raise UsageError(f"nothing to measure: {'; '.join(problems)}")
        results = _merge(included)
        schema.save(results, out / "results.json")
        _show(results, codecs, plan, values, out)

    return cli.run(bench, values, _USAGE, argv)


def _compare_decoders(values: flags.FlagValues, out: Path, argv: Sequence[str] | None) -> None:
    def random_decoder(name: str) -> Part:
        # TensorFlow takes seconds to import: only for those who ask for such a decoder.
        from tfgan_codec.deploy.decoders import random_decoder

        return random_decoder(name)

    plan = _evaluation.plan(values, [], "apps.bench", argv)
    pictures = plan.pictures, values.sheet_bpp
    rows = decoders.run(values.decoders, *pictures, plan.weights, out, plan.command, random_decoder)
    print(summary.plain(decoders.table(rows)))


def _create(specs: Sequence[str], values: flags.FlagValues) -> tuple[list[Codec], list[str]]:
    refiner = functools.partial(_training.refiner, weights=values.weights)
    codecs, problems = create_all(specs, refiner, values.threads)
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    return codecs, problems


def _merge(runs: Sequence[schema.Results]) -> schema.Results:
    """One table of several runs; of a codec in two of them, the first counts."""
    merged = schema.Results(dict(runs[0].about), [], [], [])
    for run in runs:
        known = set(curves.codecs(merged.sets))
        merged.records.extend(row for row in run.records if row["codec"] not in known)
        merged.sets.extend(row for row in run.sets if row["codec"] not in known)
        merged.problems.extend(run.problems)
        for key in ("data", "images"):
            if run.about[key] != runs[0].about[key]:
                merged.problems.append(
                    f"{', '.join(curves.codecs(run.sets))}: measured on other pictures "
                    f"({run.about['images']} of {run.about['data']})"
                )
                break
    return merged


def _show(
    results: schema.Results,
    codecs: Sequence[Codec],
    plan: runner.Plan,
    values: flags.FlagValues,
    out: Path,
) -> None:
    """Writes everything that is made of the results."""
    out.mkdir(parents=True, exist_ok=True)
    names = curves.codecs(results.sets)
    anchor = values.anchor if values.anchor in names else names[0]
    differences = curves.differences(results.sets, anchor)
    drawn: list[str] = []
    try:
        drawn = plots.save(results.sets, out, f"{results.about['data']}")
    except ImportError as error:
        results.problems.append(f"no plots: they need matplotlib ({error})")
    text = summary.markdown(results, differences, anchor, drawn)
    (out / "README.md").write_text(text, encoding="utf-8")

    made = {codec.name: codec for codec in codecs}
    for name in names:
        if name not in made:  # of an included file; left out of the sheets if it cannot be had
            made.update((codec.name, codec) for codec in _create([name], values)[0])
    pictures: list[sheets.Sheet] = []
    if values.sheet_bpp > 0:
        pictures = list(_sheets(results, [made[n] for n in names if n in made], plan, values))
    if pictures:
        details.draw(pictures).save(out / "sheet.png", optimize=True)
    page = report.html(results, differences, anchor, pictures, values.sheet_bpp)
    (out / "report.html").write_text(page, encoding="utf-8")
    if values.choice:
        page, left_out = choice.html(pictures, values.choice, f"{results.about['data']}")
        (out / "choice.html").write_text(page, encoding="utf-8")
        print(*left_out, sep="\n")

    print(summary.plain(summary.table(results.sets)))
    if len(names) > 1:
        print(f"\nBD-rate to {anchor}, percent of bytes at equal quality (negative is better):")
        print(summary.plain(summary.bd_table(differences)))
    print(f"\nReport: {out / 'report.html'}")


def _sheets(
    results: schema.Results, codecs: Sequence[Codec], plan: runner.Plan, values: flags.FlagValues
) -> Iterator[sheets.Sheet]:
    metrics = [metric for metric in sheets.METRICS if metric in plan.metrics]
    meter = Meter(metrics, plan.weights)
    found = sheets.make(plan.pictures, codecs, values.sheet_bpp, meter, results.records, plan.files)
    return iter(tqdm(found, "sheets", len(plan.pictures), unit="picture", disable=None))


if __name__ == "__main__":
    sys.exit(main())
