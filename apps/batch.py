"""Compresses or decompresses whole folders: `tgc batch`."""

import functools
import sys

from tfgan_codec.commands import tgc

main = functools.partial(tgc.run, "batch", "python -m apps.batch")

if __name__ == "__main__":
    sys.exit(main())
