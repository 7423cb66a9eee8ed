"""Says what this installation has, and what it lacks: `tgc doctor`."""

import functools
import sys

from tfgan_codec.commands import tgc

main = functools.partial(tgc.run, "doctor", "python -m apps.doctor")

if __name__ == "__main__":
    sys.exit(main())
