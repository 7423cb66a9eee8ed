"""Defines the settings of `export.tflite` and `export.distill`."""

from dataclasses import dataclass
from typing import Optional

from tfgan_codec.errors import UsageError
from tfgan_codec.specs import settings
from tfgan_codec.specs.settings import setting

QUANTIZE = ("none", "fp16", "dynamic", "int8", "int16x8")
TARGETS = ("mobile", "edgetpu")


def _read_realism(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(
            f"--realism={text}: no decoder takes realism as an input; give the number of one that "
            "the model has, or export all and choose when decoding"
        ) from None


@dataclass(frozen=True)
class Settings:
    """Holds what to export, a field for each flag of `export.tflite`."""

    quantize: str = setting(
        "fp16",
        f"Number format: {', '.join(QUANTIZE)}. int8 and int16x8 need --calibration.",
        choices=QUANTIZE,
    )
    target: str = setting(
        "mobile",
        "mobile: any size, for CPUs; edgetpu: one size, only operations an Edge TPU has.",
        choices=TARGETS,
    )
    tile: int = setting(512, "Side of the stored shape in pixels.")
    halo: int = setting(7, "Context around each tile of a fixed shape, in latents of 16 pixels.")
    realism: Optional[float] = setting(
        None, "Which of the model's decoders; all by default.", read=_read_realism
    )
    calibration: Optional[str] = setting(None, "Folder of photographs.")
    steps: int = setting(
        200, "Steps of quantisation-aware training of an int8 decoder after its calibration."
    )


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


@dataclass(frozen=True)
class DistillSettings:
    """Holds what to train, a field for each flag of `export.distill`."""

    model: str = setting("", "Bundle, by its name or path.")
    data: str = setting("", "Folder of photographs.")
    out: str = setting("", "Folder of the run.")
    minutes: Optional[float] = setting(None, "End after so many minutes of training.", above=0)
    steps: Optional[int] = setting(None, "End after so many steps.", least=1)
    init_from: Optional[str] = setting(None, "Start with this bundle's decoder, of its sizes.")
    learning_rate: float = setting(1e-3, "The highest.", above=0)
    crop: int = setting(128, "Side of the crops.", least=1)
    batch: int = setting(8, "Crops per step.", least=1)
    precision: str = setting("float32", "Arithmetic.", choices=("float32", "mixed_bfloat16"))
    resume: bool = setting(False, "Go on where a stopped run ended.")

    def __post_init__(self) -> None:
        settings.check(self)
