"""Splits pictures into folds for cross-validation."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tfgan_codec import cli, outputs

_USAGE = """
usage: python -m apps.folds --data=FOLDER --out=FOLDER [--folds=5] [--overwrite]

Writes lists of pictures for k-fold cross-validation, two for every fold: foldN-train.txt and
foldN-validation.txt.

  python -m apps.folds --data=photos --out=folds
  python -m apps.train --flagfile=FLAGS --data=folds/fold0-train.txt \\
      --validation=folds/fold0-validation.txt --out=runs/fold0 --minutes=90
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add("data", None, "Folder tree of pictures.")
    values.add("out", None, "Where the lists go.")
    values.add("folds", 5, "How many folds.")
    values.add("seed", 0, "Another seed gives other folds.")
    values.add_overwrite()

    def command() -> None:
        from tfgan_codec.data.files import picture_files
        from tfgan_codec.data.kfold import FOLDER, write_lists

        cli.require(values, "data", "out")
        outputs.check_folder(values.out, FOLDER, values.overwrite)
        files = picture_files(values.data)
        for path in write_lists(files, values.folds, Path(values.out), values.seed):
            print(path)

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
