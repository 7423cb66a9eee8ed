"""What `export.tflite` is asked for."""

from __future__ import annotations

from typing import NamedTuple

from tfgan_codec.errors import UsageError

QUANTIZE = ("none", "fp16", "dynamic", "int8", "int16x8")
TARGETS = ("mobile", "edgetpu")


class Settings(NamedTuple):
    """What to export, see the flags."""

    quantize: str = "fp16"
    target: str = "mobile"
    tile: int = 512
    halo: int = 7
    realism: float | None = None
    calibration: str | None = None
    steps: int = 200


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


class DistillSettings(NamedTuple):
    """What to train, as the flags of `export.distill` say."""

    model: str
    data: str
    out: str
    minutes: float
    init_from: str | None = None
    learning_rate: float = 1e-3
    crop: int = 128
    batch: int = 8
    precision: str = "float32"
    resume: bool = False
