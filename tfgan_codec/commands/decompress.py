"""Decompresses a .tgc file to a picture."""

from __future__ import annotations

from collections.abc import Sequence

import tfgan_codec as tgc
from tfgan_codec import cli
from tfgan_codec.pictures import writing

_USAGE = """
usage: {program} IN.tgc PICTURE [--realism=R] [--scale=S] [--model=M]

Decompresses a .tgc file; the extension of PICTURE says in which format to store it.

  {program} photo.tgc photo.png               the most realistic picture
  {program} photo.tgc photo.png --realism=0   the nearest to the original
  {program} photo.tgc small.png --scale=2     half the size, of a file in layers
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
    text = (
        "A model's name, or a bundle's folder or zip file; by default the shipped model that the "
        "file was made with."
    )
    values.add("model", None, text)
    values.add_threads()

    def decompress(source: str, picture: str) -> None:
        cli.refuse_overwriting(source, picture)
        writing.picture_format(picture)  # complains before the work is done
        options = {"realism": values.realism, "model": values.model, "scale": values.scale}
        image = tgc.decompress(source, **options, threads=values.threads)
        writing.save(image, picture)
        print(f"{picture}: {image.width}x{image.height}")

    return cli.run(decompress, values, _USAGE.format(program=program), argv)
