"""Judges the answers of a decoder: which cases it passes, at both levels, and how far it is off."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from tfgan_codec.conformance import pnm
from tfgan_codec.conformance.answers import Answer
from tfgan_codec.conformance.suite import PIXELS, SYMBOLS, Bounds, Case
from tfgan_codec.errors import shown

BYTES = "bytes"  # the stage that only decoders with an encoder have


class Verdict(NamedTuple):
    """Says of one case, at one level, what came of it."""

    case: Case
    level: str
    passed: bool
    tried: bool  # whether the decoder gave an answer at this level
    why: str = ""  # where it failed
    difference: Bounds | None = None  # of the pixels


def judge(case: Case, answer: Answer) -> list[Verdict]:
    """Returns the verdicts on one answer: one at each level that the case has."""
    if case.error:
        return [_malformed(case, answer)]
    if answer.unsupported and case.version != "plain":
        return [Verdict(case, SYMBOLS, True, False)]
    why = answer.problem or (answer.error and f"refused: {answer.error}") or _stages(case, answer)
    verdicts = [Verdict(case, SYMBOLS, not why, True, why)]
    if case.picture is not None:
        verdicts.append(_pixels(case, answer))
    return verdicts


def _malformed(case: Case, answer: Answer) -> Verdict:
    unsupported = bool(answer.unsupported) and case.version != "plain"
    # A decoder of symbols need not look at what only pixels or metadata need.
    if unsupported or (case.level == PIXELS and answer.symbols and answer.picture is None):
        return Verdict(case, case.level, True, False)
    why = answer.problem
    if not why and answer.error not in case.error.split("/"):
        found = shown(answer.error) if answer.error else "no error"
        why = f"{found}, not {case.error}"
    return Verdict(case, case.level, not why, True, why)


def _stages(case: Case, answer: Answer) -> str:
    """Says which stages differ, if any does."""
    if len(answer.symbols) != len(case.symbols):
        return f"{len(answer.symbols)} streams, not {len(case.symbols)}"
    wrong = []
    for number, (wanted, found) in enumerate(zip(case.symbols, answer.symbols)):
        for stage, digest in wanted.items():
            missing = stage == BYTES and found.get(stage) is None
            if found.get(stage) != digest and not missing:
                wrong.append(f"{stage} of stream {number}")
    return f"other than expected: {', '.join(wrong)}" if wrong else ""


def _pixels(case: Case, answer: Answer) -> Verdict:
    bounds = case.bounds.get(answer.form)
    if answer.picture is None or bounds is None or case.picture is None:
        return Verdict(case, PIXELS, True, False)
    with Image.open(case.picture) as picture:
        wanted = np.asarray(picture.convert("RGBA"))
    found = pnm.rgba(answer.picture)
    if wanted.shape != found.shape:
        size = f"{found.shape[1]}x{found.shape[0]}"
        return Verdict(case, PIXELS, False, True, f"a picture of {size} pixels")
    apart = wanted.astype(np.int32) - found
    largest, rms = int(np.abs(apart).max()), float(np.sqrt(np.mean(apart[..., :3] ** 2.0)))
    why = ""
    if apart[..., 3].any():
        why = "another alpha plane"
    elif largest > bounds.largest or rms > bounds.rms:
        why = f"{largest} levels apart, rms {rms:.3f}; {bounds.largest} and {bounds.rms} allowed"
    return Verdict(case, PIXELS, not why, True, why, Bounds(largest, rms))
