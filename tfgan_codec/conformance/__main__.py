"""Answers the conformance suite with this package."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tfgan_codec import cli
from tfgan_codec.bundle.model import FLOAT
from tfgan_codec.conformance import decoder

_USAGE = """
usage: python -m tfgan_codec.conformance MODEL OUT FILE... [--decoder=int8]

Writes into the folder OUT what is found in each file, as docs/conformance.md says. MODEL is the
bundle that the files were made with. python -m apps.conformance calls it.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add("decoder", FLOAT, "The form of the decoder: float or int8.")

    def command(model: str, out: str, *files: str) -> None:
        decoder.answer(model, Path(out), files, values.decoder)

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
