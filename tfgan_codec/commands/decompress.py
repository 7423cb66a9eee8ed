"""Decompresses .tgc files to pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfgan_codec import cli, decompression, description, jobs, outputs, streams
from tfgan_codec.pictures import writing

_USAGE = """
usage: {program} FILE.tgc ... [PICTURE] [--realism=R] [--scale=S] [--region=X,Y,W,H]

Decompresses .tgc files; the extension of PICTURE says in which format to store it. Pictures without
a name are PNG files, called like their .tgc files, and stand beside these or in the folder that
--out names; - is standard input or output.

  {program} photo.tgc photo.png               the most realistic picture
  {program} photo.tgc photo.png --realism=0   the nearest to the original
  {program} photo.tgc small.png --scale=2     half the size, of a file in layers
  {program} map.tgc part.png --region=4000,3000,512,512
                                      that part alone, from its upper left corner
  {program} *.tgc --out=decoded               each to a picture in that folder
  {program} - - <photo.tgc >photo.png         in a pipe
"""


def main(argv: Sequence[str] | None = None, program: str = "tgc decompress") -> int:
    """Runs the program, which its usage text calls `program`, and returns its exit status."""
    values = cli.Flags()
    text = "0 for faithful, 1 for realistic; the most realistic that the model has by default."
    values.add("realism", None, text, float)
    text = (
        "For files in layers (info tells): 2 or 4 for a picture so many times smaller. Of the "
        "file only the layers for it are needed."
    )
    values.add("scale", 1, text)
    text = "Only this part of the picture: X,Y,WIDTH,HEIGHT in pixels."
    values.add("region", None, text)
    text = (
        "A model's name, or a bundle's folder or zip file; by default the shipped model that the "
        "file was made with."
    )
    values.add("model", None, text)
    values.add("out", None, "The picture to write, or the folder for several.")
    text = "int8: some four times as fast where the model has it; float: 0.05 dB nearer."
    values.add("decoder", "int8", text)
    values.add_overwrite()
    values.add_threads()
    text = (
        "The most pixels that the picture may have; TGC_MAX_PIXELS of the environment by default, "
        "else 178956970."
    )
    values.add("max_pixels", None, text, int, lower_bound=1)

    def decompress(file: str, *more: str) -> None:
        names = ("realism", "model", "scale", "threads", "max_pixels", "decoder")
        options: dict[str, Any] = {name: values[name].value for name in names}
        region = None if values.region is None else decompression.read_region(values.region)

        def make(job: jobs.Job) -> None:
            kind = writing.kind_of(job.target)
            outputs.check(job.target, kind, values.overwrite, job.named)
            source = jobs.source_of(job)
            width, height = decompression.to_file(source, job.target, region, dict(options))
            streams.say(f"{job.target}: {width}x{height}", beside=job.target)

        todo = jobs.plan([file, *more], values.out, ".png", description.seems_tgc)
        jobs.each(todo, make)

    return cli.run(decompress, values, _USAGE.format(program=program), argv)
