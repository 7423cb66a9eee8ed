"""Makes decoders for phones, browsers and Edge TPUs from a trained codec."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from absl import flags

from apps import _main
from export.settings import Settings
from tfgan_codec import bundle_files
from tfgan_codec.errors import UsageError

QUANTIZE = ("none", "fp16", "dynamic", "int8", "int16x8")
TARGETS = ("mobile", "edgetpu")

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
    values = _main.new_flags()
    default = Settings()
    flags.DEFINE_string("model", None, "Bundle or run.", flag_values=values)
    flags.DEFINE_string("out", None, "Where to write.", flag_values=values)
    flags.DEFINE_enum(
        "quantize",
        default.quantize,
        QUANTIZE,
        f"Number format: {', '.join(QUANTIZE)}. int8 and int16x8 need --calibration.",
        flag_values=values,
    )
    flags.DEFINE_enum(
        "target",
        default.target,
        TARGETS,
        "mobile: any size, for CPUs; edgetpu: one size, only operations an Edge TPU has.",
        flag_values=values,
    )
    flags.DEFINE_integer(
        "tile", default.tile, "Side of the stored shape in pixels.", flag_values=values
    )
    flags.DEFINE_integer(
        "halo",
        default.halo,
        "Context around each tile of a fixed shape, in latents of 16 pixels.",
        flag_values=values,
    )
    flags.DEFINE_string(
        "realism", None, "Which of the model's decoders; all by default.", flag_values=values
    )
    flags.DEFINE_string("calibration", None, "Folder of photographs.", flag_values=values)
    flags.DEFINE_integer(
        "steps",
        default.steps,
        "Steps of quantisation-aware training of an int8 decoder after its calibration.",
        flag_values=values,
    )

    def command() -> None:
        for name in ("model", "out"):
            if values[name].value is None:
                raise _main.CommandLineError(f"--{name} is required")
        given = {name: values[name].value for name in Settings._fields}
        given["realism"] = _realism(given["realism"])
        export(values["model"].value, values["out"].value, Settings(**given))

    return _main.run(command, values, _USAGE, argv)


def export(model: str, out: str, settings: Settings) -> None:
    """Writes decoders as asked for and says what was made."""
    check(settings)
    is_run = (Path(model) / "run.json").is_file()
    if not is_run:
        bundle_files.locate(model)
    # TensorFlow takes seconds to import: only when there is something to do.
    from export import decoders

    made = (
        decoders.from_run(model, out, settings)
        if is_run
        else decoders.from_bundle(model, out, settings)
    )
    for path in made:
        print(f"{path}: {path.stat().st_size} bytes")


def check(settings: Settings) -> None:
    """Raises `UsageError` for settings that cannot work together."""
    if settings.tile % 16 or settings.tile < 16:
        raise UsageError(f"a tile of {settings.tile} pixels: it must be a multiple of 16")
    if settings.target == "edgetpu" and settings.quantize != "int8":
        raise UsageError("an Edge TPU computes in int8 alone: use --quantize=int8")
    fixed = settings.target == "edgetpu" or settings.quantize == "int16x8"
    if fixed and (settings.halo < 0 or settings.tile <= 32 * settings.halo):
        raise UsageError(
            f"a tile of {settings.tile} pixels is all halo: {settings.halo} latents of context "
            f"to each side take {32 * settings.halo} pixels; use a larger --tile"
        )
    if settings.quantize.startswith("int") and settings.calibration is None:
        raise UsageError(
            f"{settings.quantize} needs real latents: give --calibration a folder of photographs"
        )


def _realism(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        raise UsageError(
            f"--realism={text}: no decoder takes realism as an input; give the number of one that "
            "the model has, or export all and choose when decoding"
        ) from None


if __name__ == "__main__":
    sys.exit(main())
