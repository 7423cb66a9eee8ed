"""Compresses pictures to .tgc files."""

from __future__ import annotations

from collections.abc import Sequence

import tfgan_codec as tgc
from tfgan_codec import cli, description, jobs, outputs, streams
from tfgan_codec.commands import training
from tfgan_codec.progress import Bar

_USAGE = """
usage: {program} PICTURE ... [OUT.tgc] [--bpp=B | --bytes=N | --quality=Q] [--model=M]

Compresses pictures (PNG, JPEG, WebP, ... whatever Pillow opens) to .tgc files. Those without a name
are called like their pictures and stand beside them, or in the folder that --out names; - is
standard input or output.

  {program} photo.jpg photo.tgc                 about 0.1 bits per pixel
  {program} photo.jpg photo.tgc --bpp=0.2       twice that, and surely no more
  {program} photo.jpg photo.tgc --bytes=5000    the best that fits in 5000 bytes
  {program} photo.jpg photo.tgc --quality=128   the same quality for any picture
  {program} photo.jpg photo.tgc --search=fast   a more realistic one, in seconds
  {program} *.jpg --out=small                   each to a file in the folder small
  {program} map.tif map.tgc --tiles
                                        of which regions can be read alone
  {program} - - <photo.jpg >photo.tgc           in a pipe
"""


def main(argv: Sequence[str] | None = None, program: str = "tgc compress") -> int:
    """Runs the program, which its usage text calls `program`, and returns its exit status."""
    values = cli.Flags()
    values.add("bpp", None, "At most so many bits per pixel, counting the whole file.", float)
    values.add("bytes", None, "At most so many bytes, counting the whole file.", int)
    values.add("quality", None, "A quality level from 0 to 255.", int)
    values.add_metadata()
    values.add("page", None, "Of a file of several pictures, which one; 1 is the first.", int)
    text = "Whether to store tiles, which can be read alone; by default from 2^25 pixels on."
    values.add("tiles", None, text, bool)
    text = (
        "fast, or fidelity100 or realism100, which take minutes: a search for a better picture in "
        "as many bytes. It needs TensorFlow; decoding does not."
    )
    values.add("search", None, text)
    text = "Folder of the weights of LPIPS, for fast and realism; tgc weights makes it."
    values.add("weights", None, text)
    values.add("out", None, "The file to write, or the folder for several.")
    values.add_overwrite()
    values.add_model()
    values.add_threads()
    values.add_verbose()

    def compress(picture: str, *more: str) -> None:
        options = {"bpp": values.bpp, "nbytes": values.bytes, "quality": values.quality}
        if sum(value is not None for value in options.values()) > 1:
            raise cli.CommandLineError("give only one of --bpp, --bytes and --quality")
        todo = jobs.plan(
            [picture, *more], values.out, description.TGC.extension, description.could_be_picture
        )
        options.update(metadata=values.metadata, page=values.page, tiles=values.tiles)
        with Bar("search" if values.search else "compress") as bar:
            if values.search:
                options["refiner"] = training.refiner(values.search, values.weights, bar)
            codec = tgc.load(values.model, values.threads)
            options["progress"] = bar

            def make(job: jobs.Job) -> None:
                outputs.check(job.target, description.TGC, values.overwrite, job.named)
                blob = codec.compress(jobs.source_of(job), **options)
                bar.close()
                outputs.write(job.target, blob)
                streams.say(f"{job.target}: {description.in_short(blob)}", beside=job.target)

            jobs.each(todo, make)

    return cli.run(compress, values, _USAGE.format(program=program), argv)
