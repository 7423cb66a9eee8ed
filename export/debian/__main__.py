"""Builds the Debian package."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from export.debian import package
from tfgan_codec import cli

_USAGE = """
usage: python -m export.debian [--out=dist]

Makes a package for Debian 12 and its Python 3.11: tgc with the shipped model, its manual page, and
what desktops need to know .tgc files, show them and make thumbnails of them. LiteRT, Pillow and
absl-py come from Python's package index and are put in, all else is Debian's. Install it with:

  apt install ./dist/tfgan-codec_*.deb
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add("out", "dist", "The folder to write the package to; one of the same name goes.")

    def command() -> None:
        made = package.build(Path(values.out))
        print(f"{made}: {made.stat().st_size} bytes")

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
