"""Collects latents of real pictures, by which ranges of integers are chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgan_codec.data.files import SUFFIXES
from tfgan_codec.errors import ImageError, UsageError
from tfgan_codec.format.geometry import QUALITIES
from tfgan_codec.losses.contract import CodecOutput
from tfgan_codec.pictures import reading

SIDE = 256
PICTURES = 192  # a tensor's range is that of its rarest pictures
# Qualities of successive pictures are this far apart (modulo 256), which spreads them evenly.
_QUALITY_STEP = 97


def collect(
    model: tf.keras.Model,
    folder: str,
    latents_of: Callable[[CodecOutput], tf.Tensor] = lambda output: output.latents,
) -> np.ndarray:
    """Returns what a codec's synthesis receives for pictures of a folder, at all qualities.

    It is float32 [n, 16, 16, channels], of the middles of up to `PICTURES` pictures. `latents_of`
    chooses one of several syntheses.
    """
    found = [p for p in sorted(Path(folder).rglob("*")) if p.suffix.lower() in SUFFIXES]
    chosen = found[:: max(1, len(found) // PICTURES)][:PICTURES]
    crops = [crop for path in chosen if (crop := _crop(path)) is not None]
    if not crops:
        raise UsageError(
            f"no pictures of at least {SIDE}x{SIDE} pixels below {folder}: give --calibration a "
            "folder of photographs"
        )
    latents = []
    for number, crop in enumerate(crops):
        quality = tf.constant([float(number * _QUALITY_STEP % QUALITIES)])
        pictures = tf.constant(crop[None], tf.float32)
        latents.append(latents_of(model(pictures, quality=quality))[0].numpy())
    return np.stack(latents)


def _crop(path: Path) -> np.ndarray | None:
    try:
        picture = reading.read(path).rgb
    except ImageError:
        return None  # one unreadable file among photographs is no reason to stop
    top, left = ((size - SIDE) // 2 for size in picture.shape[:2])
    return picture[top : top + SIDE, left : left + SIDE] if min(top, left) >= 0 else None
