"""Shows a picture beside AVIF and JPEG files of the same size: `tgc demo`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgan_codec.commands import demo


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    return demo.main(argv, "python -m apps.demo")


if __name__ == "__main__":
    sys.exit(main())
