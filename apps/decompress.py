"""Decompresses a .tgc file to a picture: `tgc decompress`."""

import functools
import sys

from tfgan_codec.commands import decompress

main = functools.partial(decompress.main, program="python -m apps.decompress")

if __name__ == "__main__":
    sys.exit(main())
