"""Trains a light decoder for the files of `mobile` to do what its own decoder does."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from absl import flags

from tfgan_codec import cli
from tfgan_codec.bundle import files
from tfgan_codec.deploy.settings import DistillSettings

_USAGE = """
usage: python -m export.distill --model=MODEL --data=FOLDER --out=RUN --minutes=M [--resume]

Trains the lite decoder, 7.9 kMAC per pixel, on what the decoder of MODEL, a bundle, makes of
photographs. Nothing else of the codec changes: files stay the same. RUN/bundle is then a bundle
with the new decoder. Ctrl-C saves and stops; the same command with --resume goes on.

  python -m export.distill --model=mobile --data=photos --out=runs/lite --minutes=120
  python -m apps.decompress photo.tgc photo.png --model=runs/lite/bundle
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.new_flags()
    kw = {"flag_values": values}
    default = DistillSettings._field_defaults
    flags.DEFINE_string("model", None, "Bundle, by its name or path.", **kw)
    flags.DEFINE_string("data", None, "Folder of photographs.", **kw)
    flags.DEFINE_string("out", None, "Folder of the run.", **kw)
    flags.DEFINE_float("minutes", None, "End after so many minutes of training.", **kw)
    flags.DEFINE_string("init_from", None, "Start with this bundle's decoder, of its sizes.", **kw)
    flags.DEFINE_float("learning_rate", default["learning_rate"], "The highest.", **kw)
    flags.DEFINE_integer("crop", default["crop"], "Side of the crops.", **kw)
    flags.DEFINE_integer("batch", default["batch"], "Crops per step.", **kw)
    flags.DEFINE_enum(
        "precision", default["precision"], ["float32", "mixed_bfloat16"], "Arithmetic.", **kw
    )
    flags.DEFINE_bool("resume", False, "Go on where a stopped run ended.", **kw)

    def command() -> None:
        for name in ("model", "data", "out", "minutes"):
            if values[name].value is None:
                raise cli.CommandLineError(f"--{name} is required")
        files.locate(values.model)
        # TensorFlow takes seconds to import: only when there is something to do.
        from tfgan_codec.deploy.distill import distill

        distill(DistillSettings(**{n: values[n].value for n in DistillSettings._fields}))

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
