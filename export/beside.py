"""Puts the int8 decoders of one bundle into another, beside its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tfgan_codec import cli, streams
from tfgan_codec.bundle.beside import add_int8

_USAGE = """
usage: python -m export.beside INT8 BUNDLE

Puts the int8 decoders of the bundle INT8, which export.tflite has made of the bundle BUNDLE, beside
those of BUNDLE, a folder. Programs then decode with them unless --decoder=float is asked for.

  python -m export.tflite --model=mobile --quantize=int8 --calibration=photos --out=mobile-int8
  python -m export.beside mobile-int8 tfgan_codec/bundles/mobile
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""

    def command(integers: str, folder: str) -> None:
        bundle = add_int8(folder, integers)
        streams.say(f"{folder}: decoders of realism {bundle.realisms} in int8")

    return cli.run(command, cli.Flags(), _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
