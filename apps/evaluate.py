"""Measures one model on a folder of pictures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from apps import _evaluation
from tfgan_codec import cli, outputs
from tfgan_codec.evaluation import runner, schema, summary
from tfgan_codec.evaluation.neural import DEFAULT_SETTINGS, NeuralCodec

_USAGE = """
usage: python -m apps.evaluate --data=FOLDER --out=FILE.json [--model=M] [--bpp=0.05,0.1,0.2]

Compresses every picture to a real file, decodes it again and measures. Writes one JSON file with a
row per picture and rate, and the means; docs/evaluation.md says what the metrics are.

  python -m apps.evaluate --model=mobile --data=photos --bpp=0.05,0.1,0.2 --out=mobile.json
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    _evaluation.define_flags(values)
    values.add_model()
    values.add("bpp", list(DEFAULT_SETTINGS), "Bits per pixel to measure at.")
    values.add("quality", [], "Quality levels 0..255 to measure at, instead of --bpp.")
    text = "Which decoder: 0 is the faithful one. Default: the most realistic one."
    values.add("realism", None, text, float)
    values.add("out", None, "The results file to write (.json).")
    values.add("files", None, "Keep the compressed files in here.")

    def evaluate() -> None:
        if values.out is None:
            raise cli.CommandLineError("--out=FILE.json is needed")
        Path(values.out).parent.mkdir(parents=True, exist_ok=True)
        outputs.check(values.out, schema.FILE, values.overwrite)
        settings = [f"q{level}" for level in values.quality] or values.bpp
        codec = NeuralCodec(values.model, values.realism, tuple(settings), threads=values.threads)
        plan = _evaluation.plan(values, [codec], "apps.evaluate", argv)
        results = runner.run(plan._replace(files=Path(values.files) if values.files else None))
        schema.save(results, values.out)
        print(summary.plain(summary.table(results.sets)))
        print(f"\nResults: {values.out}")

    return cli.run(evaluate, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
