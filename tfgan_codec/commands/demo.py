"""Shows a picture beside AVIF and JPEG files of the same size."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

import tfgan_codec as tgc
from tfgan_codec import cli, jobs, outputs, streams
from tfgan_codec.evaluation import demo
from tfgan_codec.pictures import reading, writing

_USAGE = """
usage: {program} PICTURE [--bpp=0.1] [--out=demo.png] [--model=M]

Compresses and decompresses a picture, prints a table with AVIF and JPEG at the nearest size, and
writes one picture that shows them side by side, of large pictures the middle. Transparency and
metadata are left out, for all three alike.
"""


def main(argv: Sequence[str] | None = None, program: str = "tgc demo") -> int:
    """Runs the program, which its usage text calls `program`, and returns its exit status."""
    values = cli.Flags()
    text = "At most so many bits per pixel, counting the whole file. Default: "
    values.add("bpp", None, f"{text}{demo.BPP}, or the model's rate, if it has one.", float)
    values.add("out", "demo.png", "The side-by-side picture to write.")
    values.add_overwrite()
    values.add_model()
    values.add_threads()

    def show(picture: str) -> None:
        outputs.check(values.out, writing.kind_of(values.out), values.overwrite)
        jobs.refuse_overwriting([picture], [values.out])

        def compare(job: jobs.Job) -> None:
            original = Image.fromarray(reading.read(jobs.source_of(job)).rgb)
            results = demo.run(tgc.load(values.model, values.threads), original, values.bpp)
            writing.save(demo.side_by_side(original, results), job.target)
            about = f"{picture}: {original.width}x{original.height}\n\n{demo.table(results)}"
            streams.say(f"{about}\n\nSide by side: {job.target}", beside=job.target)

        jobs.each([jobs.Job(picture, values.out)], compare)

    return cli.run(show, values, _USAGE.format(program=program), argv)
