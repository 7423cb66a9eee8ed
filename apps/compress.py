"""Compresses pictures to .tgc files: `tgc compress`."""

import functools
import sys

from tfgan_codec.commands import tgc

main = functools.partial(tgc.run, "compress", "python -m apps.compress")

if __name__ == "__main__":
    sys.exit(main())
