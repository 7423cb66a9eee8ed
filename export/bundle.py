"""Makes a model bundle, which needs no TensorFlow to run, from a training run."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from absl import flags

from tfgan_codec import cli

_USAGE = """python -m export.bundle --model=RUN --out=FOLDER [--name=NAME | --add_to=BUNDLE]

Turns the newest checkpoint of a run of apps.train into a bundle: networks as TFLite files, integer
tables and gains. FOLDER then works wherever a command takes --model. With --add_to it becomes a
copy of that bundle with one more decoder, that of the run, which must have left the rest of the
codec as it was.

  python -m export.bundle --model=runs/a --out=bundles/mine
  python -m apps.compress photo.jpg photo.tgc --model=bundles/mine
  python -m export.bundle --model=runs/realistic --add_to=bundles/mine --out=bundles/both"""


def main(argv: Sequence[str] | None = None) -> int:
    values = cli.new_flags()
    flags.DEFINE_string("model", None, "Folder of the run.", flag_values=values)
    flags.DEFINE_string("out", None, "Where to write the bundle.", flag_values=values)
    flags.DEFINE_bool(
        "best", False, "The checkpoint that did best in validation.", flag_values=values
    )
    flags.DEFINE_string(
        "name", None, "Name of the model; by default that of the run's system.", flag_values=values
    )
    flags.DEFINE_string("add_to", None, "Bundle, by name or path.", flag_values=values)
    flags.DEFINE_float(
        "realism", 1.0, "Of the decoder that is added; 0 replaces the faithful.", flag_values=values
    )

    def command() -> None:
        for name in ("model", "out"):
            if values[name].value is None:
                raise cli.CommandLineError(f"--{name} is required")
        # TensorFlow takes seconds to import: only when there is something to do.
        from tfgan_codec.deploy import bundling

        if values.add_to:
            bundling.add_decoder(
                values.model, values.add_to, values.out, values.realism, values.best
            )
        else:
            bundling.from_run(values.model, values.out, values.name, values.best)

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
