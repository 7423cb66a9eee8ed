"""Trains a codec."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgan_codec import cli
from tfgan_codec.specs import settings
from tfgan_codec.training.config import RunConfig, read_settings

_USAGE = """python -m apps.train --flagfile=FLAGS --data=PLACE --out=FOLDER [--minutes=M|--steps=N]

Trains a codec on photographs, for so many minutes or steps. Checkpoints, TensorBoard logs, figures
and run.json go to --out; python -m export.bundle --model=OUT makes a model bundle of it. Ctrl-C
saves and stops; the same command with --resume goes on, also after a crash. docs/training.md.

  python -m apps.train --flagfile=apps/flags/mobile.flags --data=photos --out=runs/a --minutes=90
  python -m apps.train --config=runs/a/run.json --out=runs/again
  tensorboard --logdir=runs/a"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    settings.define(RunConfig, values)
    text = (
        "Take settings from this JSON or YAML file, by the names of flags, such as run.json of "
        "another run; flags go before it."
    )
    values.add("config", None, text)
    text = "Show networks, and memory and time per step from a few steps; keep nothing."
    values.add("dry_run", False, text)

    def command() -> None:
        found = read_settings(values.config) if values.config else {}
        where = f"{values.config}: " if values.config else ""
        settings.make(RunConfig, found, where)  # errors that are the file's name it
        config = settings.make(RunConfig, {**found, **settings.given(RunConfig, values)})
        cli.require(config, *(("data",) if values.dry_run else ("data", "out")))
        # TensorFlow takes seconds to import: only when there is something to do.
        from tfgan_codec.training.dry_run import describe
        from tfgan_codec.training.run import train

        if values.dry_run:
            print(describe(config))
        else:
            train(config)

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
