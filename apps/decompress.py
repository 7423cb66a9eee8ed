"""Decompresses .tgc files to pictures: `tgc decompress`."""

import functools
import sys

from tfgan_codec.commands import tgc

main = functools.partial(tgc.run, "decompress", "python -m apps.decompress")

if __name__ == "__main__":
    sys.exit(main())
