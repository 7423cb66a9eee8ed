"""Says what .tgc files hold, or how large a codec of the training library is: `tgc info`."""

import functools
import sys

from tfgan_codec.commands import tgc

main = functools.partial(tgc.run, "info", "python -m apps.info")

if __name__ == "__main__":
    sys.exit(main())
