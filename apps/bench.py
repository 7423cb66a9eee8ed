"""Compares codecs on a folder of pictures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from absl import flags

from apps import _evaluation, _main
from tfgan_codec.errors import BundleError, UsageError
from tfgan_codec.evaluation import classical, runner, schema
from tfgan_codec.evaluation.codecs import Codec, create

_USAGE = """
usage: python -m apps.bench --data=FOLDER --out=FOLDER [--codecs=jpeg,avif,mobile]

Measures codecs on the same pictures as real files and writes results.json.

A codec is one of jpeg, jpeg2000, webp, avif, heic, jxl, a model's name or a bundle's path, and can
be followed by its settings: avif=12/20/28, mobile=0.05/0.1 (bits per pixel), mobile=q60/q120
(quality levels), mobile@0 (realism 0).

  python -m apps.bench --data=photos --codecs=jpeg,avif,mobile --out=comparison
"""
_CODECS = (*classical.NAMES, "mobile")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = _main.new_flags()
    _evaluation.define_flags(values)
    flags.DEFINE_list("codecs", list(_CODECS), "What to compare, see above.", flag_values=values)
    flags.DEFINE_string("out", None, "The folder to write.", flag_values=values)

    def bench() -> None:
        if values.out is None:
            raise _main.CommandLineError("--out=FOLDER is needed")
        out = Path(values.out)
        codecs: list[Codec] = []
        problems: list[str] = []
        for spec in values.codecs:
            try:
                codecs.append(create(spec))
            except (classical.CodecMissingError, BundleError) as error:
                problems.append(str(error))
        if not codecs:
            raise UsageError(f"nothing to measure: {'; '.join(problems)}")
        plan = _evaluation.plan(values, codecs, "apps.bench", argv)
        results = runner.run(plan._replace(files=out / "files"))
        results.problems.extend(problems)
        schema.save(results, out / "results.json")
        print(_evaluation.table(results.sets))

    return _main.run(bench, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
