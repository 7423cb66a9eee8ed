"""Says what .tgc files hold, or how large a codec of the training library is."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tfgan_codec import cli, description, jobs, streams
from tfgan_codec.commands import training
from tfgan_codec.format import container

_USAGE = """
usage: {program} FILE.tgc ...

Prints what a .tgc file holds as one JSON object; of several files, one object after the other, each
with the file's name. The file's checksum is checked, no model is needed, and the picture is not
decoded. Of a file in layers it lists those that are whole, with the size of the picture that each
completes, and where the file can be cut after it. - is standard input.

With --model=NAME it prints instead how many parameters and operations a codec of the training
library and its discriminator have, beside the numbers in its paper. That needs TensorFlow.

  {program} photo.tgc
  {program} --model=mobilevit_gan
"""


def main(argv: Sequence[str] | None = None, program: str = "tgc info") -> int:
    """Runs the program, which its usage text calls `program`, and returns its exit status."""
    values = cli.Flags()
    values.add("model", None, "A codec of the training library, for example ls_gan.")

    def info(*files: str) -> None:
        if bool(files) == (values.model is not None):
            raise cli.CommandLineError("expected 1 file name or more, or --model=NAME")

        def tell(job: jobs.Job) -> None:
            facts = description.of_file(container.read_blob(jobs.source_of(job)))
            name = {"file": job.source} if len(files) > 1 else {}
            streams.say(json.dumps({**name, **facts}, indent=2))

        jobs.each([jobs.Job(file, streams.STANDARD) for file in files], tell)
        if values.model is not None:
            sizes = training.module("tfgan_codec.studies.sizes", "--model")
            streams.say(json.dumps(sizes.describe(values.model), indent=2))

    return cli.run(info, values, _USAGE.format(program=program), argv)
