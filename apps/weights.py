"""Makes the weight files of LPIPS, DISTS, FID and KID from public checkpoints: `tgc weights`."""

import functools
import sys

from tfgan_codec.commands import tgc

main = functools.partial(tgc.run, "weights", "python -m apps.weights")

if __name__ == "__main__":
    sys.exit(main())
