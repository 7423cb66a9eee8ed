"""Reads and checks the phases of a run: what is minimised, on which crops, until when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from tfgan_codec.errors import UsageError
from tfgan_codec.specs.grammar import split, write
from tfgan_codec.specs.names import check_arguments
from tfgan_codec.specs.ramps import plain

_FORM = (
    "until:crop:batch:mse:ms_ssim, then if wanted :gan, :early, :freeze=a+b, :shrink=2 and "
    ":fade=0.1; for example 1.0:192:6:1:1.7"
)


class Phase(NamedTuple):
    """Describes one phase of a run.

    until: share of the run, in (0, 1], at which it ends.
    crop, batch: side of the training crops in pixels, and how many make a step.
    mse, ms_ssim: weights of the distortion terms (`losses.rate_distortion`); with both 0, the run's
        `--loss` terms are all there is.
    gan: whether the run's discriminators take part.
    early: whether rate targets are relaxed, as in HiFiC's first steps.
    freeze: parts of the codec that are not trained, such as "analysis".
    shrink: factor by which crops are cut larger and then shrunk.
    fade: share of the run in which the detail that the phase before lacked, as it shrank more,
        fades in (`techniques.fade_in`).
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

    def __str__(self) -> str:
        """Returns the text that `--phase` takes for this phase."""
        places = map(plain, (self.until, self.crop, self.batch, self.mse, self.ms_ssim))
        defaults = self._field_defaults
        changed = {k: v for k, v in self._asdict().items() if k in defaults and v != defaults[k]}
        options = (k if v is True else f"{k}={write(v)}" for k, v in changed.items())
        return ":".join([*places, *options])


_SWITCHES = ("gan", "early")
_PLACES = [name for name in Phase._fields if name not in Phase._field_defaults]


def read_phase(text: str) -> Phase:
    """Reads a phase from a text `until:crop:batch:mse:ms_ssim` and, where wanted, `:gan`, `:early`,
    `:freeze=a+b`, `:shrink=2` and `:fade=0.1`."""
    places, options = split(text, len(_PLACES), _FORM, _SWITCHES)
    check_arguments("a phase", options, Phase._field_defaults)
    try:
        until, crop, batch, mse, ms_ssim = places
        if not all(isinstance(options.get(name, True), bool) for name in _SWITCHES):
            raise ValueError
        phase = Phase(
            float(until),
            int(crop),
            int(batch),
            float(mse),
            float(ms_ssim),
            gan=bool(options.get("gan")),
            early=bool(options.get("early")),
            freeze=tuple(write(options["freeze"]).split("+")) if "freeze" in options else (),
            shrink=int(write(options.get("shrink", 1))),
            fade=float(write(options.get("fade", 0.0))),
        )
        if not all(map(math.isfinite, (phase.until, phase.mse, phase.ms_ssim, phase.fade))):
            raise ValueError
    except ValueError:
        raise UsageError(f"cannot read phase {text!r}: write {_FORM}") from None
    return phase


def check_phases(phases: Sequence[Phase]) -> None:
    """Raises `UsageError` for phases that make no sense, or do not follow each other."""
    for before, phase in zip([None, *phases], phases):
        if phase.crop < 64 or phase.crop % 64 or phase.batch < 1:
            raise UsageError(
                f"phase {phase}: the crop must be a multiple of 64, and the batch 1 or more"
            )
        if phase.shrink < 1 or min(phase.mse, phase.ms_ssim, phase.fade) < 0.0:
            raise UsageError(f"phase {phase}: shrink must be 1 or more; no other number below 0")
        if phase.fade and (before is None or before.shrink <= phase.shrink):
            raise UsageError(f"phase {phase}: fade needs a phase before it with a larger shrink")
    ends = [phase.until for phase in phases]
    if not ends or ends != sorted(set(ends)) or ends[0] <= 0 or ends[-1] != 1.0:
        raise UsageError("the phases' ends must rise to 1.0: for example 0.2:... then 1.0:...")


def fading(phases: Sequence[Phase], phase: Phase) -> tuple[tuple[float, float], ...]:
    """Returns the level of `techniques.fade_in` in a phase with `fade`: points (share, level)."""
    before = phases[phases.index(phase) - 1]
    levels = math.log2(before.shrink / phase.shrink)
    return (before.until, levels), (min(1.0, before.until + phase.fade), 0.0)


def phase_at(phases: Sequence[Phase], share: float) -> int:
    """Returns the number of the phase that a run is in when `share` of it is done."""
    for number, phase in enumerate(phases):
        if share < phase.until:
            return number
    return len(phases) - 1
