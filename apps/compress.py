"""Compresses a picture to a .tgc file: `tgc compress`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgan_codec.commands import compress


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    return compress.main(argv, "python -m apps.compress")


if __name__ == "__main__":
    sys.exit(main())
