"""Blind two-way forced choice: makes a page on which people compare two codecs; counts answers.

Each picture is shown as decoded by two codecs at equal bytes, sides and order at random, names
hidden. The participant must pick one. Answers stay in the browser until saved as JSON.
"""

from __future__ import annotations

import itertools
import json
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import report, sheets

KIND = "tfgan_codec forced choice"
LARGEST_DIFFERENCE = 0.1  # share of bytes; pairs that differ more would not be fair
_TEMPLATE = Path(__file__).with_name("choice.html")
_CONFIDENCE_95 = 1.959964


class Preference(NamedTuple):
    """Holds how often `first` was chosen over `second`, with the 95 % Wilson interval."""

    first: str
    second: str
    wins: int
    answers: int
    share: float
    low: float
    high: float


def html(
    pictures: Iterable[sheets.Sheet], codecs: Sequence[str], title: str
) -> tuple[str, list[str]]:
    """Returns the page, and a line on each pair that had to be left out of it."""
    pairs: list[dict[str, Any]] = []
    images: list[str] = []
    left_out: list[str] = []
    for sheet in pictures:
        versions = {v.codec: v for v in sheet.versions if v.codec in codecs}
        keys: dict[str, int] = {}
        for a, b in itertools.combinations(versions.values(), 2):
            if abs(a.nbytes - b.nbytes) > LARGEST_DIFFERENCE * min(a.nbytes, b.nbytes):
                left_out.append(
                    f"choice: {sheet.name} by {a.codec} and {b.codec} left out, the files differ "
                    f"too much in size ({a.nbytes} and {b.nbytes} bytes)"
                )
                continue
            for version in (a, b):
                if version.codec not in keys:
                    keys[version.codec] = len(images)
                    images.append(report.webp(version.pixels))
            if "original" not in keys:
                keys["original"] = len(images)
                images.append(report.webp(sheet.original))
            pairs.append(
                {
                    "picture": sheet.name,
                    "original": keys["original"],
                    "versions": [
                        {"codec": v.codec, "bytes": v.nbytes, "key": keys[v.codec]} for v in (a, b)
                    ],
                }
            )
    if not pairs:
        raise UsageError(f"no picture could be compared at equal bytes by {', '.join(codecs)}")
    data = {"kind": KIND, "title": title, "pairs": pairs, "images": images}
    return report.fill(_TEMPLATE, data), left_out


def tally(files: Sequence[str | os.PathLike[str]]) -> list[Preference]:
    """Returns the preferences over all answer files, which must be from a page of `html`.

    The interval takes answers as independent: it is too narrow where one person gave many of them.
    """
    wins: dict[tuple[str, str], list[int]] = {}
    for file in files:
        try:
            content = json.loads(Path(file).read_text(encoding="utf-8"))
            if content["kind"] != KIND:
                raise ValueError(content["kind"])
            for answer in content["answers"]:
                first, second = sorted((answer["left"], answer["right"]))
                if answer["chosen"] not in (first, second):
                    raise ValueError(answer["chosen"])
                wins.setdefault((first, second), []).append(answer["chosen"] == first)
        except OSError as error:
            raise UsageError(f"{file}: {error.strerror or error}") from error
        except (ValueError, LookupError, TypeError) as error:
            raise UsageError(f"{file} holds no answers of a choice page") from error
    return [
        Preference(*pair, sum(chosen), len(chosen), *wilson(sum(chosen), len(chosen)))
        for pair, chosen in sorted(wins.items())
    ]


def wilson(wins: int, answers: int) -> tuple[float, float, float]:
    """Returns the share of wins and its 95 % interval (Wilson 1927), good for few answers too."""
    share, z = wins / answers, _CONFIDENCE_95
    center = (share + z * z / (2 * answers)) / (1 + z * z / answers)
    spread = math.sqrt(share * (1 - share) / answers + z * z / (4 * answers**2))
    spread *= z / (1 + z * z / answers)
    return share, max(0.0, center - spread), min(1.0, center + spread)


def describe(preferences: Sequence[Preference]) -> str:
    """Returns the preferences as lines for the terminal."""
    lines = []
    for p in preferences:
        verdict = "no clear preference"
        if p.low > 0.5 or p.high < 0.5:
            verdict = f"{p.first if p.low > 0.5 else p.second} is preferred"
        lines.append(
            f"{p.first} over {p.second}: {p.wins} of {p.answers} = {p.share:.1%} "
            f"(95 % interval {p.low:.1%} to {p.high:.1%}): {verdict}"
        )
    return "\n".join(lines) or "no answers"
