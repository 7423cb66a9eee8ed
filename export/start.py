"""Makes one small file of a training run, which other runs can start from."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgan_codec import cli, outputs

_USAGE = """python -m export.start --model=RUN --out=FILE.npz

Writes all weights of the codec of a run of apps.train, rounded to float16, and the settings of the
run, without the places of its pictures. Another run goes on from it, on any machine.

  python -m export.start --model=runs/a --out=msae.npz
  python -m apps.train --model=msae --init_from=msae.npz --data=photos --out=runs/b"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add("model", None, "Folder of the run.")
    values.add("out", None, "Where to write the file.")
    values.add("best", False, "The checkpoint that did best in validation.")
    values.add_overwrite()

    def command() -> None:
        cli.require(values, "model", "out")
        # TensorFlow takes seconds to import: only when there is something to do.
        from tfgan_codec.training import start_file
        from tfgan_codec.training.config import public_config
        from tfgan_codec.training.trained import load_run

        outputs.check(values.out, start_file.FILE, values.overwrite)
        start_file.write(
            load_run(values.model, values.best), public_config(values.model), values.out
        )

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
