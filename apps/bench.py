"""Compares codecs on a folder of pictures."""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence
from pathlib import Path

from apps import _evaluation
from tfgan_codec import cli, outputs
from tfgan_codec.commands import training
from tfgan_codec.evaluation import choice, classical, codecs, comparison, decoders, schema, summary

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


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    _evaluation.define_flags(values)
    names = [*classical.NAMES, "mobile"]
    values.add("codecs", names, "What to compare, see above.")
    values.add("out", None, "The folder to write.")
    values.add("anchor", "avif", "BD-rates are relative to this codec.")
    text = "Results files of earlier runs on the same pictures, whose rows are taken over."
    values.add("include", [], text)
    text = "The report shows all pictures at this rate; 0 leaves them out."
    values.add("sheet_bpp", 0.1, text)
    text = "Also write choice.html, where people compare these codecs blindly."
    values.add("choice", [], text)
    values.add("tally", [], "Instead of all this, count such pages' answer files.")
    text = (
        "Instead of all this, compare decoders of the files that the first of these bundles makes "
        "at --sheet_bpp; random:NAME is the full-size decoder of a codec with random weights."
    )
    values.add("decoders", [], text)

    def bench() -> None:
        if values.tally:
            print(choice.describe(choice.tally(values.tally)))
            return
        if values.out is None:
            raise cli.CommandLineError("--out=FOLDER is needed")
        outputs.check_folder(values.out, schema.FOLDER, values.overwrite)
        out, rate = Path(values.out), values.sheet_bpp
        plan = _evaluation.plan(values, [], "apps.bench", argv)
        if values.decoders:
            where = plan.pictures, rate, plan.weights, out, plan.command
            rows = decoders.run(values.decoders, *where, training.random_decoder)
            print(summary.plain(decoders.table(rows)))
            return
        refiner = functools.partial(training.refiner, weights=values.weights)
        make = functools.partial(codecs.create_all, refiner=refiner, threads=values.threads)
        shown = values.include, values.anchor, rate, values.choice
        print(comparison.run(comparison.Comparison(values.codecs, make, out, *shown), plan))

    return cli.run(bench, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
