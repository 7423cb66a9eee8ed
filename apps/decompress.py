"""Decompresses a .tgc file to a picture: `tgc decompress`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgan_codec.commands import decompress


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    return decompress.main(argv, "python -m apps.decompress")


if __name__ == "__main__":
    sys.exit(main())
