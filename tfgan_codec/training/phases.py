"""Training in phases: what is minimised, on which crops, until when."""

from __future__ import annotations

import math
from typing import NamedTuple

from tfgan_codec.errors import UsageError


class Phase(NamedTuple):
    """One phase of a run.

    until: share of the run at which it ends.
    crop, batch: size of the training crops and how many make a step.
    mse, ms_ssim: weights of the distortion terms (`losses.rate_distortion`); with both 0, the run's
        `--loss` terms are all there is.
    gan: whether the run's discriminators take part.
    early: whether rate targets are relaxed, as in HiFiC's first steps.
    freeze: parts of the codec that are not trained, such as "analysis".
    shrink: the crops are cut this much larger and then shrunk by this factor.
    fade: share of the run in which the detail that the phase before did not have, for it shrank
        more, fades in (`techniques.fade_in`).
    """

    until: float
    crop: int
    batch: int
    mse: float
    ms_ssim: float
    gan: bool = False
    early: bool = False
    freeze: tuple[str, ...] = ()
    shrink: int = 1
    fade: float = 0.0


def parse_phases(texts: list[str]) -> list[Phase]:
    """Reads `until:crop:batch:mse:ms_ssim` and then, where wanted, `:gan`, `:early`,
    `:freeze=a+b`, `:shrink=2` and `:fade=0.1` for each phase, in order."""
    phases = []
    for text in texts:
        fields = text.split(":")
        try:
            until, crop, batch, mse, ms_ssim, *more = fields
            phase = Phase(
                float(until), int(crop), int(batch), float(mse), float(ms_ssim), **_options(more)
            )
        except ValueError:
            raise UsageError(
                f"cannot read phase {text!r}: write until:crop:batch:mse:ms_ssim, then if wanted "
                ":gan, :early, :freeze=a+b, :shrink=2 and :fade=0.1; for example 1.0:192:6:1:1.7"
            ) from None
        if phase.crop % 64:
            raise UsageError(f"phase {text!r}: the crop must be a multiple of 64")
        if phase.shrink < 1 or phase.fade < 0:
            raise UsageError(f"phase {text!r}: shrink must be 1 or more, and fade not below 0")
        if phase.fade and (not phases or phases[-1].shrink <= phase.shrink):
            raise UsageError(f"phase {text!r}: fade needs a phase before it with a larger shrink")
        phases.append(phase)
    ends = [phase.until for phase in phases]
    if not ends or ends != sorted(set(ends)) or ends[0] <= 0 or ends[-1] != 1.0:
        raise UsageError("the phases' ends must rise to 1.0: for example 0.2:... then 1.0:...")
    return phases


def _options(words: list[str]) -> dict[str, object]:
    options: dict[str, object] = {}
    for word in words:
        if word in ("gan", "early"):
            options[word] = True
        elif word.startswith("freeze="):
            options["freeze"] = tuple(word[len("freeze=") :].split("+"))
        elif word.startswith("shrink="):
            options["shrink"] = int(word[len("shrink=") :])
        elif word.startswith("fade="):
            options["fade"] = float(word[len("fade=") :])
        else:
            raise ValueError(word)
    return options


def fading(phases: list[Phase], phase: Phase) -> list[tuple[float, float]]:
    """The level of `techniques.fade_in` over a phase with `fade`, as points (share, level)."""
    before = phases[phases.index(phase) - 1]
    levels = math.log2(before.shrink / phase.shrink)
    return [(before.until, levels), (min(1.0, before.until + phase.fade), 0.0)]


def phase_at(phases: list[Phase], share: float) -> int:
    """Which phase a run is in when `share` of it is done."""
    for number, phase in enumerate(phases):
        if share < phase.until:
            return number
    return len(phases) - 1
