"""Makes the decoder of a `mobile` bundle smaller by leaving out its weakest channels."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgan_codec import cli, description, outputs
from tfgan_codec.bundle import files

_USAGE = """
usage: python -m export.prune --model=MODEL --out=FOLDER [--keep=0.7]

Writes a bundle whose decoder has a share of the channels of MODEL's and opens the same files. Its
pictures are worse until it is trained on; export.distill does that:

  python -m export.prune --model=mobile --keep=0.7 --out=runs/pruned
  python -m export.distill --model=mobile --init_from=runs/pruned --data=photos --out=runs/small \\
      --minutes=60
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add("model", None, "Bundle, by its name or path.")
    values.add("out", None, "Where to write the bundle.")
    values.add("keep", 0.7, "Share of the channels that stay.")
    values.add_overwrite()

    def command() -> None:
        cli.require(values, "model", "out")
        outputs.check_folder(values.out, description.BUNDLE, values.overwrite)
        files.locate(values.model)
        # TensorFlow takes seconds to import: only when there is something to do.
        from tfgan_codec.deploy.prune import prune

        prune(values.model, values.out, values.keep)

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
