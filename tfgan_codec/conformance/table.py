"""Puts verdicts on decoders into a table, a column for each decoder, and says what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tfgan_codec.conformance.suite import PIXELS, SYMBOLS, VERSIONS, Bounds
from tfgan_codec.conformance.verdicts import Verdict

Verdicts = Sequence[Verdict]
NONE = "-"  # where a decoder tried nothing


def markdown(decoders: Mapping[str, Verdicts]) -> str:
    """Returns the table of some decoders, by their names."""
    lines = [["", *decoders], ["---"] * (1 + len(decoders))]
    for version in VERSIONS:
        for level in (SYMBOLS, PIXELS):
            rows = {name: _good(all_, version, level) for name, all_ in decoders.items()}
            if any(rows.values()):
                lines.append([f"{version}, {level}", *map(_passed, rows.values())])
    for version in VERSIONS:
        for level in (SYMBOLS, PIXELS):
            rows = {name: _bad(all_, version, level) for name, all_ in decoders.items()}
            if any(rows.values()):
                lines.append([f"malformed {version}, {level}", *map(_passed, rows.values())])
    lines.append(["largest difference, rms", *map(_differences, decoders.values())])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def failures(decoders: Mapping[str, Verdicts]) -> list[str]:
    """Returns a line for each case that a decoder fails."""
    return [
        f"{name}: {each.case.name}, {each.level}: {each.why}"
        for name, verdicts in decoders.items()
        for each in verdicts
        if not each.passed
    ]


def _good(verdicts: Verdicts, version: str, level: str) -> list[Verdict]:
    return [
        each
        for each in verdicts
        if (each.case.version, each.level, each.case.error) == (version, level, "")
    ]


def _bad(verdicts: Verdicts, version: str, level: str) -> list[Verdict]:
    return [
        each
        for each in verdicts
        if (each.case.version, each.level) == (version, level) and each.case.error
    ]


def _passed(verdicts: Verdicts) -> str:
    tried = [each for each in verdicts if each.tried]
    if not tried:
        return NONE
    left = len(verdicts) - len(tried)
    passed = f"{sum(each.passed for each in tried)} of {len(tried)}"
    return f"{passed}, {left} not tried" if left else passed


def _differences(verdicts: Verdicts) -> str:
    """Returns the largest difference of all pictures and the largest root mean square."""
    found = [each.difference for each in verdicts if each.difference is not None]
    if not found:
        return NONE
    most = Bounds(max(each.largest for each in found), max(each.rms for each in found))
    return f"{most.largest}, {most.rms:.3f}"
