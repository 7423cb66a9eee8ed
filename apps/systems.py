"""Compares models of one rate with other codecs at the same bytes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from apps import _evaluation
from tfgan_codec import cli, outputs
from tfgan_codec.evaluation import codecs, schema, systems

_USAGE = """
usage: python -m apps.systems --data=FOLDER --out=FOLDER --models=NAME,... [--codecs=mobile,avif]

Measures models that have one rate, such as those of tfgan_codec_models, and beside each the other
codecs with files of as many bytes, picture by picture. Writes results.json, README.md with tables,
and for each model a sheet of details.

  python -m apps.systems --data=kodak --models=mobilevit_gan --out=results/systems
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    _evaluation.define_flags(values)
    values.add("models", [], "Models of one rate, by name or path.")
    values.add("codecs", ["mobile@0", "mobile", "avif"], "What to show beside, as in apps.bench.")
    values.add("out", None, "The folder to write.")

    def compare() -> None:
        cli.require(values, "out", "models")
        outputs.check_folder(values.out, schema.FOLDER, values.overwrite)
        asked = [f"{name}={systems.RATE}" for name in values.models]
        models, missing = codecs.create_all(asked, threads=values.threads)
        others, absent = codecs.create_all(values.codecs, threads=values.threads)
        for problem in (*missing, *absent):
            print(problem, file=sys.stderr)
        plan = _evaluation.plan(values, [], "apps.systems", argv)
        print(systems.run(plan, models, others, Path(values.out)))

    return cli.run(compare, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
