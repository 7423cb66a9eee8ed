"""What `export.tflite` is asked for."""

from __future__ import annotations

from typing import NamedTuple


class Settings(NamedTuple):
    """What to export, see the flags."""

    quantize: str = "fp16"
    target: str = "mobile"
    tile: int = 512
    halo: int = 7
    realism: float | None = None
    calibration: str | None = None
    steps: int = 200
