"""Says what a .tgc file holds, or how large a codec of the training library is: `tgc info`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgan_codec.commands import info


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    return info.main(argv, "python -m apps.info")


if __name__ == "__main__":
    sys.exit(main())
