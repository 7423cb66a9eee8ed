"""The results file: one JSON schema for every codec, described in docs/evaluation.md."""

from __future__ import annotations

import contextlib
import json
import math
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tfgan_codec import outputs
from tfgan_codec.errors import UsageError

FORMAT = 1
# Metrics of single pictures; a set has their means.
PICTURE_METRICS = (
    *("psnr", "ms_ssim", "lpips", "lpips_vgg", "dists", "wasserstein"),
    *("psnr_chroma", "ciede2000"),
)
# Metrics that only a whole set has.
SET_METRICS = ("fid", "fid_256", "kid", "kid_256")
METRICS = PICTURE_METRICS + SET_METRICS
_HIGHER = ("psnr", "ms_ssim", "psnr_chroma")
HIGHER_IS_BETTER = {metric: metric in _HIGHER for metric in METRICS}
TITLES = {
    "psnr": "PSNR (dB)",
    "ms_ssim": "MS-SSIM",
    "lpips": "LPIPS (AlexNet)",
    "lpips_vgg": "LPIPS (VGG)",
    "dists": "DISTS",
    "wasserstein": "Wasserstein distortion",
    "psnr_chroma": "PSNR of chroma (dB)",
    "ciede2000": "CIEDE2000",
    "fid": "FID",
    "fid_256": "FID/256",
    "kid": "KID",
    "kid_256": "KID/256",
}
# Decimals in tables for people; others have four.
DECIMALS = {
    **dict.fromkeys(("psnr", "psnr_chroma", "ciede2000", "wasserstein"), 2),
    **dict.fromkeys(("fid", "fid_256", "kmac_per_pixel"), 1),
}
_DIGITS = {"encode_s": 4, "decode_s": 4, "bpp": 6, "kmac_per_pixel": 3, "encode_kmac_per_pixel": 3}

Row = dict[str, Any]


class Results(NamedTuple):
    """Holds what one evaluation found.

    Attributes:
      about: command, commit, date, machine, data, images.
      records: one row per codec, setting and picture.
      sets: one row per codec and setting: means, and the metrics of whole sets.
      problems: lines for people on what could not be measured.
    """

    about: Row
    records: list[Row]
    sets: list[Row]
    problems: list[str]


def save(results: Results, path: str | os.PathLike[str]) -> None:
    """Writes a results file, one row per line, so that a diff of two files can be read."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    head = json.dumps({"format": FORMAT, **results.about}, indent=1)[:-2]
    parts = [head, f' "problems": {json.dumps(results.problems, indent=2)}']
    for name, rows in (("sets", results.sets), ("records", results.records)):
        lines = ",\n".join(f"  {json.dumps(_rounded(row))}" for row in rows)
        parts.append(f' "{name}": [\n{lines}\n ]')
    path.write_text(",\n".join(parts) + "\n}\n", encoding="utf-8")


def load(path: str | os.PathLike[str]) -> Results:
    """Reads a results file; raises `UsageError` where it is none.

    Files of earlier versions lack some metrics, which are absent in what this returns.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        records, sets, problems = (content.pop(key) for key in ("records", "sets", "problems"))
        for row in (*records, *sets):
            _complete(row)
        if content.pop("format") != FORMAT:
            raise UsageError(f"{path} has another format than this version reads ({FORMAT})")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is no results file of apps.evaluate or apps.bench") from error
    return Results(content, records, sets, problems)


def _complete(row: Row) -> None:
    """Adds what a row of an earlier version lacks."""
    row.setdefault("trained_on", None)
    for metric in PICTURE_METRICS if "image" in row else METRICS:
        if metric not in row:
            row[metric] = None
            row["absent"][metric] = "not known when this was measured"


def is_results(path: str) -> bool:
    """Whether a file holds results, or a folder does, as `apps.bench` leaves it."""
    names = ("results.json", "decoders.json")
    places = [Path(path, name) for name in names] if os.path.isdir(path) else [Path(path)]
    for place in places:
        with contextlib.suppress(OSError, ValueError):
            content = json.loads(place.read_text(encoding="utf-8"))
            return isinstance(content, dict) and bool({"sets", "decoders"} & content.keys())
    return False


FILE = outputs.Kind("a results file", ".json", is_results)
FOLDER = outputs.Kind("a folder of results", "", is_results)


def _rounded(row: Row) -> Row:
    return {
        key: round(value, _DIGITS.get(key, 5)) if isinstance(value, float) else value
        for key, value in row.items()
    }


def mean_row(rows: list[Row]) -> Row:
    """Returns the set's row of one codec and setting: the means of its pictures' rows.

    A metric that is absent for one picture is absent for the set: its mean would be over fewer
    pictures than those of other rows, and mislead.
    """
    first = rows[0]
    out: Row = {key: first[key] for key in ("codec", "version", "setting", "trained_on")}
    out["images"] = len(rows)
    out["bytes"] = sum(row["bytes"] for row in rows)
    absent: dict[str, str] = {}
    for key in ("bpp", *METRICS, "encode_s", "decode_s"):
        if key in SET_METRICS:
            out[key] = None  # a place for what is measured of the whole set
            continue
        values = [row[key] for row in rows]
        out[key] = None if None in values else float(np.mean(values))
        without = [row for row in rows if row[key] is None]
        if without:
            reason = without[0]["absent"][key]
            absent[key] = (
                reason if len(without) == len(rows) else f"{without[0]['image']}: {reason}"
            )
    for key in ("params", "kmac_per_pixel", "encode_kmac_per_pixel", "command", "commit"):
        out[key] = first[key]
        if key in first["absent"]:
            absent[key] = first["absent"][key]
    out["absent"] = absent
    return out


def finite(value: float | None) -> float | None:
    """Returns the value, or None for infinity and NaN, which JSON does not have."""
    return value if value is not None and math.isfinite(value) else None
