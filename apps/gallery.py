"""Makes the pictures of the documents' gallery."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from apps import _evaluation
from tfgan_codec import cli
from tfgan_codec.evaluation import codecs, gallery, measure, sheets

_USAGE = """
usage: python -m apps.gallery --data=FOLDER --out=FOLDER [--bpp=0.1] [--codecs=mobile@0,mobile,avif]

Compresses every picture with each codec to nearly the same bytes, and writes one detail of 384x384
pixels of each as WebP, with gallery.json, from which python -m apps.results makes docs/gallery.md.

  python -m apps.gallery --data=kodak --out=docs/images/gallery
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    _evaluation.define_flags(values)
    values.add("codecs", ["mobile", "mobile@0", "avif", "heic"], "What to show, as in apps.bench.")
    values.add("bpp", 0.1, "Bits per pixel that every file comes near to.")
    values.add("out", None, "The folder to write.")

    def make() -> None:
        if values.out is None:
            raise cli.CommandLineError("--out=FOLDER is needed")
        shown, problems = codecs.create_all(values.codecs, threads=values.threads)
        for problem in problems:
            print(problem, file=sys.stderr)
        plan = _evaluation.plan(values, shown, "apps.gallery", argv)
        meter = measure.Meter(sheets.METRICS, plan.weights)
        found = sheets.make(plan.pictures, shown, values.bpp, meter)
        pictures = gallery.write(found, Path(values.out), plan.command)
        print(f"{values.out}: {sum(map(len, pictures))} files of {len(pictures)} pictures")

    return cli.run(make, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
