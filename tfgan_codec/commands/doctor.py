"""Says what this installation has, and what it lacks: `tgc doctor`."""

from __future__ import annotations

from collections.abc import Sequence

from tfgan_codec import cli, streams
from tfgan_codec.doctor import page
from tfgan_codec.metrics import weights

_USAGE = """
usage: {program} [--weights=FOLDER]

Prints one page: Python, packages and their versions, whether LiteRT runs and with which delegates,
shipped models, what training would use (TensorFlow, which compression, GPU), weights of metrics;
under each thing that is missing the command that mends it, to be run in a checkout of this project.
"""


def main(argv: Sequence[str] | None = None, program: str = "tgc doctor") -> int:
    """Runs the program, which its usage text calls `program`, and returns its exit status."""
    values = cli.Flags()
    text = f"Folder of the weight files. Default: {weights.VARIABLE}, else one in the user's cache."
    values.add("weights", str(weights.default_folder()), text)

    def doctor() -> None:
        streams.say(page.text(page.examine(values.weights)))

    return cli.run(doctor, values, _USAGE.format(program=program), argv)
