"""Training in phases: what is minimised, on which crops, until when."""

from __future__ import annotations

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
    """

    until: float
    crop: int
    batch: int
    mse: float
    ms_ssim: float
    gan: bool = False
    early: bool = False
    freeze: tuple[str, ...] = ()


def parse_phases(texts: list[str]) -> list[Phase]:
    """Reads `until:crop:batch:mse:ms_ssim[:gan][:early][:freeze=a+b]` for each phase, in order."""
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
                ":gan, :early and :freeze=a+b; for example 1.0:192:6:1:1.7"
            ) from None
        if phase.crop % 64:
            raise UsageError(f"phase {text!r}: the crop must be a multiple of 64")
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
        else:
            raise ValueError(word)
    return options


def phase_at(phases: list[Phase], share: float) -> int:
    """Which phase a run is in when `share` of it is done."""
    for number, phase in enumerate(phases):
        if share < phase.until:
            return number
    return len(phases) - 1
