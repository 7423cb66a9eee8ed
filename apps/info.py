"""Says what a .tgc file holds, or how large a codec of the training library is."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from absl import flags

from apps import _training
from tfgan_codec import cli
from tfgan_codec.bundle.files import find_shipped
from tfgan_codec.format import container

_USAGE = """
usage: python -m apps.info FILE.tgc

Prints what a .tgc file holds as one JSON object. The file's checksum is checked, no model is
needed, and the picture is not decoded. Of a file in layers it lists those that are whole, with the
size of the picture that each completes, and where the file can be cut after it.

With --model=NAME it prints instead how many parameters and operations a codec of the training
library and its discriminator have, beside the numbers in its paper. That needs TensorFlow.

  python -m apps.info photo.tgc
  python -m apps.info --model=mobilevit_gan
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.new_flags()
    flags.DEFINE_string(
        "model", None, "A codec of the training library, for example ls_gan.", flag_values=values
    )

    def info(path: str | None = None) -> None:
        if (path is None) == (values.model is None):
            raise cli.CommandLineError("expected 1 file name, or --model=NAME")
        if path is not None:
            _of_file(path)
            return
        sizes = _training.module("studies.sizes", "--model")
        print(json.dumps(sizes.describe(values.model), indent=2))

    return cli.run(info, values, _USAGE, argv)


def _of_file(path: str) -> None:
    blob = container.read_blob(path)
    file, sizes = container.parse_layers(blob)
    shipped = find_shipped(file.model_id)
    mode = ("L" if file.grey else "RGB") + ("A" if file.alpha is not None else "")
    facts: dict[str, Any] = {
        "model": shipped.stem if shipped else None,
        "model_id": file.model_id.hex(),
        "width": file.width,
        "height": file.height,
        "mode": mode,
        "quality": file.quality,
        "bytes": len(blob),
        "bpp": round(8 * len(blob) / (file.width * file.height), 6),
        "header_bytes": sizes.header,
        "icc_bytes": sizes.icc,
        "exif_bytes": sizes.exif,
        "alpha_bytes": sizes.alpha,
        "stream_bytes": list(sizes.streams),
    }
    if file.layers > 1:
        facts["layers"] = _layers(file, sizes)
        facts["complete"] = file.scale == 1
    print(json.dumps(facts, indent=2))


def _layers(file: container.File, sizes: container.Sizes) -> list[dict[str, int]]:
    layers = []
    for number, (nbytes, end) in enumerate(zip(sizes.streams, sizes.ends)):
        scale = 1 << (file.layers - 1 - number)
        width, height = -(-file.width // scale), -(-file.height // scale)
        size = {"scale": scale, "width": width, "height": height}
        layers.append({**size, "bytes": nbytes, "end": end})
    return layers


if __name__ == "__main__":
    sys.exit(main())
