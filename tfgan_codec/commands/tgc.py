"""Runs the command `tgc`, one door to the programs of the portable codec."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from tfgan_codec import cli

COMMANDS = {
    "compress": "a picture to a .tgc file, at a size that you name",
    "decompress": "a .tgc file to a picture",
    "info": "what a .tgc file holds, as JSON",
    "demo": "a picture beside AVIF and JPEG files of the same size",
    "models": "the models that are shipped",
}
_USAGE = """
usage: tgc COMMAND [FILE ...] [--FLAG=VALUE ...]

An image codec that is a neural network, for pictures at a tenth of a bit per pixel.

{commands}

  tgc compress photo.jpg photo.tgc --bpp=0.1
  tgc decompress photo.tgc photo.png

tgc COMMAND --help says more. The same commands run as python -m tfgan_codec COMMAND.
""".format(commands="\n".join(f"  {name:<12}{text}" for name, text in COMMANDS.items()))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command that the first argument names, and returns its exit status."""
    name, *arguments = [*(sys.argv if argv is None else argv)[1:], ""]
    if name in COMMANDS:
        command = importlib.import_module(f"tfgan_codec.commands.{name}")
        status: int = command.main([name, *arguments[:-1]])
        return status
    if name in ("--help", "-h"):
        print(_USAGE.strip())
        return cli.OK
    return cli.misused(f"no command {name!r}" if name else "a command is needed", _USAGE)
