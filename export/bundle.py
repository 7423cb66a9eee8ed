"""Makes a model bundle, which needs no TensorFlow to run, from a training run."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgan_codec import cli, description, outputs

_USAGE = """python -m export.bundle --model=RUN --out=FOLDER [--name=NAME] [--add_to=BUNDLE]

Turns the newest checkpoint of a run of apps.train into a bundle: networks as TFLite files, integer
tables and gains. FOLDER then works wherever a command takes --model. With --add_to it becomes a
copy of that bundle with one more decoder, that of the run, which must have left the rest of the
codec as it was.

  python -m export.bundle --model=runs/a --out=bundles/mine
  python -m apps.compress photo.jpg photo.tgc --model=bundles/mine
  python -m export.bundle --model=runs/realistic --add_to=bundles/mine --out=bundles/both"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add("model", None, "Folder of the run.")
    values.add("out", None, "Where to write the bundle.")
    values.add("best", False, "The checkpoint that did best in validation.")
    values.add("name", None, "Name of the model; by default that of the run's system, or BUNDLE's.")
    values.add("about", None, "One line about the model, for tgc models.")
    values.add("bpp", None, "The bits per pixel that it is for, for the same.")
    values.add("licence", None, "The licence of its weights, for the same.")
    values.add("add_to", None, "Bundle, by name or path.")
    values.add("realism", 1.0, "Of the decoder that is added; 0 replaces the faithful.")
    values.add_overwrite()

    def command() -> None:
        cli.require(values, "model", "out")
        outputs.check_folder(values.out, description.BUNDLE, values.overwrite)
        # TensorFlow takes seconds to import: only when there is something to do.
        from tfgan_codec.deploy import bundling

        places = values.model, values.out
        says = {name: values[name].value for name in ("about", "bpp", "licence")}
        if values.add_to:
            bundling.add_decoder(
                *places, values.add_to, values.realism, values.name, values.best, says
            )
        else:
            bundling.from_run(*places, values.name, values.best, says)

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
