"""Says what a .tgc file holds, or how large a codec of the training library is: `tgc info`."""

import functools
import sys

from tfgan_codec.commands import info

main = functools.partial(info.main, program="python -m apps.info")

if __name__ == "__main__":
    sys.exit(main())
