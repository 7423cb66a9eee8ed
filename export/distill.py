"""Trains a light decoder for the files of `mobile` to do what its own decoder does."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgan_codec import cli
from tfgan_codec.bundle import files
from tfgan_codec.deploy.settings import DistillSettings
from tfgan_codec.specs import settings

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
    values = cli.Flags()
    settings.define(DistillSettings, values)

    def command() -> None:
        asked = settings.make(DistillSettings, settings.given(DistillSettings, values))
        cli.require(asked, "model", "data", "out")
        files.locate(asked.model)
        # TensorFlow takes seconds to import: only when there is something to do.
        from tfgan_codec.deploy.distill import distill

        distill(asked)

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
