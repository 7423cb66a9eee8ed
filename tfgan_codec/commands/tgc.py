"""Runs the command `tgc`, one door to the programs of the portable codec.

Nothing is imported here that takes time: Ctrl-C is to end the program without a word till then.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import tfgan_codec
from tfgan_codec import blas, streams

COMMANDS = {
    "compress": "a picture to a .tgc file, at a size that you name",
    "decompress": "a .tgc file to a picture",
    "batch": "whole folders, on all cores",
    "info": "what a .tgc file holds, as JSON",
    "demo": "a picture beside AVIF and JPEG files of the same size",
    "models": "the models that are shipped",
    "weights": "weights of metrics, which --search=fast needs",
    "doctor": "what this installation has, and what it lacks",
}
_USAGE = """
usage: tgc COMMAND [FILE ...] [--FLAG=VALUE ...]

An image codec that is a neural network, for pictures at a tenth of a bit per pixel.

{commands}

  tgc compress photo.jpg photo.tgc --bpp=0.1
  tgc decompress photo.tgc photo.png

tgc COMMAND --help says more, tgc --version which one this is. The same commands run as
python -m tfgan_codec COMMAND.
""".format(commands="\n".join(f"  {name:<12}{text}" for name, text in COMMANDS.items()))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command that the first argument names, and returns its exit status."""
    name, *arguments = [*(sys.argv if argv is None else argv)[1:], ""]
    if name in COMMANDS:
        return run(name, f"tgc {name}", [name, *arguments[:-1]])
    streams.end_on_interrupt()
    from tfgan_codec import cli

    def tell(*_: str) -> None:
        if name == "--version":
            streams.say(f"tgc {tfgan_codec.__version__}")
        elif name in ("--help", "-h"):
            streams.say(_USAGE.strip())
        else:
            problem = f"no command {name!r}" if name else "a command is needed"
            raise cli.CommandLineError(problem)

    return cli.run(tell, cli.Flags(), _USAGE, ["tgc"])


def run(name: str, program: str, argv: Sequence[str] | None = None) -> int:
    """Runs one command, which its usage text calls `program`, and returns its exit status."""
    streams.end_on_interrupt()
    with blas.one_thread():
        command = importlib.import_module(f"tfgan_codec.commands.{name}")
        status: int = command.main(argv, program)
        return status
