"""Writes the measured numbers of the documents anew from results/."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tfgan_codec import cli
from tfgan_codec.evaluation import documents, plots, schema

_USAGE = """
usage: python -m apps.results [--check] [--plots]

Run in a checkout: takes every table and number that README.md and docs/ mark as measured from the
JSON files below results/, and writes them where they stand; so too the README.md of what apps.bench
measured. tfgan_codec/evaluation/documents.py says how places are marked.

  python -m apps.results --check    only names the documents that would change; fails if any would
  python -m apps.results --plots    also draws the curves again, which needs matplotlib
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add("check", False, "Write nothing; fail if anything is not as the results have it.")
    values.add("plots", False, "Draw the curves of all results too.")

    def results() -> None:
        changed = documents.update_all(Path(), write=not values.check)
        for page in changed:
            print(f"{page}: {'differs from' if values.check else 'written from'} results/")
        if values.plots and not values.check:
            for folder in documents.measured_folders(Path()):
                found = schema.load(folder / "results.json")
                plots.save(found.sets, folder, str(found.about["data"]))
        if values.check and changed:
            raise cli.Unfinished

    return cli.run(results, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
