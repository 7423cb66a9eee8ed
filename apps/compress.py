"""Compresses a picture to a .tgc file: `tgc compress`."""

import functools
import sys

from tfgan_codec.commands import compress

main = functools.partial(compress.main, program="python -m apps.compress")

if __name__ == "__main__":
    sys.exit(main())
