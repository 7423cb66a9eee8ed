"""`python -m tfgan_codec`: the command `tgc` by its package's name."""

import sys

from tfgan_codec.commands.tgc import main

if __name__ == "__main__":
    sys.exit(main())
