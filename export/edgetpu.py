"""Checks a `.tflite` file against what is known of the Edge TPU's rules."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tfgan_codec import cli
from tfgan_codec.deploy.edgetpu import check, table
from tfgan_codec.errors import BundleError, UsageError

_USAGE = """
usage: python -m export.edgetpu FILE.tflite

Checks every operation of the file: is it one that an Edge TPU has, in a version that its compiler
can parse, in 8-bit integers, of fixed shape? Prints a table with the reason for each failure and
how to mend it. The exit status is 1 if there is any.

This is a check of rules that others published, not the compiler. Those who have the compiler run

  edgetpu_compiler -s FILE.tflite
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""

    def command(path: str) -> None:
        try:
            report = check(Path(path).read_bytes())
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from error
        except BundleError as error:
            raise BundleError(f"{path}: {error}") from error
        print(table(report))
        if report.failures:
            raise UsageError(
                f"{path} breaks {len(report.failures)} rule(s): those operations, and all after "
                "the first of them, would run on the CPU"
            )
        print("By these rules the whole file fits an Edge TPU. To know, compile it:")
        print(f"  edgetpu_compiler -s {path}")

    return cli.run(command, cli.Flags(), _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
