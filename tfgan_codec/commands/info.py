"""Says what a .tgc file holds, or how large a codec of the training library is."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tfgan_codec import cli, description
from tfgan_codec.commands import training
from tfgan_codec.format import container

_USAGE = """
usage: {program} FILE.tgc

Prints what a .tgc file holds as one JSON object. The file's checksum is checked, no model is
needed, and the picture is not decoded. Of a file in layers it lists those that are whole, with the
size of the picture that each completes, and where the file can be cut after it.

With --model=NAME it prints instead how many parameters and operations a codec of the training
library and its discriminator have, beside the numbers in its paper. That needs TensorFlow.

  {program} photo.tgc
  {program} --model=mobilevit_gan
"""


def main(argv: Sequence[str] | None = None, program: str = "tgc info") -> int:
    """Runs the program, which its usage text calls `program`, and returns its exit status."""
    values = cli.Flags()
    values.add("model", None, "A codec of the training library, for example ls_gan.")

    def info(path: str | None = None) -> None:
        if (path is None) == (values.model is None):
            raise cli.CommandLineError("expected 1 file name, or --model=NAME")
        if path is not None:
            facts = description.of_file(container.read_blob(path))
        else:
            sizes = training.module("tfgan_codec.studies.sizes", "--model")
            facts = sizes.describe(values.model)
        print(json.dumps(facts, indent=2))

    return cli.run(info, values, _USAGE.format(program=program), argv)
