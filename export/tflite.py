"""Makes decoders for phones, browsers and Edge TPUs from a trained codec."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tfgan_codec import cli, description, outputs
from tfgan_codec.bundle import files
from tfgan_codec.deploy.settings import Settings, check
from tfgan_codec.specs import settings

_USAGE = """
usage: python -m export.tflite --model=MODEL --out=FOLDER [--quantize=fp16] [--target=mobile]

MODEL is a bundle (its name or path) or the folder of a run of apps.train. FOLDER becomes a bundle
with the same files and another decoder: it opens what MODEL's files hold, wherever a command takes
--model.

  python -m export.tflite --model=mobile --quantize=int8 --calibration=photos --out=mobile-int8
  python -m export.tflite --model=mobile --target=edgetpu --quantize=int8 --calibration=photos \\
      --out=mobile-edgetpu
  python -m apps.decompress photo.tgc photo.png --model=mobile-int8

Decoders take and give float32. int8 ones come a second time with int8 at their edges, as
synthesis-REALISM-int8.tflite; how their numbers map to latents and pixels is stored in them.
Decoders for Edge TPUs, and all in int16x8, have one fixed shape, --tile; pictures are decoded in
tiles of it.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add("model", None, "Bundle or run.")
    values.add("out", None, "Where to write.")
    settings.define(Settings, values)
    values.add_overwrite()

    def command() -> None:
        cli.require(values, "model", "out")
        outputs.check_folder(values.out, description.BUNDLE, values.overwrite)
        asked = settings.make(Settings, settings.given(Settings, values))
        check(asked)
        if not (Path(values.model) / "run.json").is_file():
            files.locate(values.model)
        # TensorFlow takes seconds to import: only when there is something to do.
        from tfgan_codec.deploy import decoders

        for path in decoders.export(values.model, values.out, asked):
            print(f"{path}: {path.stat().st_size} bytes")

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
