"""Compresses a picture to a .tgc file."""

from __future__ import annotations

from collections.abc import Sequence

import tfgan_codec as tgc
from tfgan_codec import cli
from tfgan_codec.commands import training
from tfgan_codec.format import container
from tfgan_codec.pictures import writing

_USAGE = """
usage: {program} PICTURE OUT.tgc [--bpp=B | --bytes=N | --quality=Q] [--model=M]

Compresses a picture (PNG, JPEG, WebP, ... whatever Pillow opens) to a .tgc file.

  {program} photo.jpg photo.tgc                 about 0.1 bits per pixel
  {program} photo.jpg photo.tgc --bpp=0.2       twice that, and surely no more
  {program} photo.jpg photo.tgc --bytes=5000    the best that fits in 5000 bytes
  {program} photo.jpg photo.tgc --quality=128   the same quality for any picture
  {program} photo.jpg photo.tgc --search=fidelity100
                                        a better picture in as many bytes, in minutes
"""


def main(argv: Sequence[str] | None = None, program: str = "tgc compress") -> int:
    """Runs the program, which its usage text calls `program`, and returns its exit status."""
    values = cli.Flags()
    values.add("bpp", None, "At most so many bits per pixel, counting the whole file.", float)
    values.add("bytes", None, "At most so many bytes, counting the whole file.", int)
    values.add("quality", None, "A quality level from 0 to 255.", int)
    values.add_metadata()
    values.add("page", None, "Of a file of several pictures, which one; 1 is the first.", int)
    text = (
        "fidelity100 or realism100: steps of a search for a better picture in as many bytes. It "
        "needs TensorFlow; decoding does not."
    )
    values.add("search", None, text)
    values.add_model()
    values.add_threads()
    values.add_verbose()

    def compress(picture: str, out: str) -> None:
        options = {"bpp": values.bpp, "nbytes": values.bytes, "quality": values.quality}
        if sum(value is not None for value in options.values()) > 1:
            raise cli.CommandLineError("give only one of --bpp, --bytes and --quality")
        cli.refuse_overwriting(picture, out)
        options.update(metadata=values.metadata, page=values.page)
        if values.search:
            options["refiner"] = training.refiner(values.search)
        blob = tgc.load(values.model, values.threads).compress(picture, **options)
        writing.write_file(out, blob)
        file = container.parse(blob).file
        bpp = 8 * len(blob) / (file.width * file.height)
        print(f"{out}: {len(blob)} bytes, {bpp:.4g} bpp, quality {file.quality}")

    return cli.run(compress, values, _USAGE.format(program=program), argv)
