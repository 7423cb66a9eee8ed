"""Shows a picture beside AVIF and JPEG files of the same size: `tgc demo`."""

import functools
import sys

from tfgan_codec.commands import demo

main = functools.partial(demo.main, program="python -m apps.demo")

if __name__ == "__main__":
    sys.exit(main())
