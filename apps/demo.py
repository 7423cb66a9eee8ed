"""Shows a picture beside AVIF and JPEG files of the same size: `tgc demo`."""

import functools
import sys

from tfgan_codec.commands import tgc

main = functools.partial(tgc.run, "demo", "python -m apps.demo")

if __name__ == "__main__":
    sys.exit(main())
