"""Finds single numbers in the results that are kept under results/, for the documents to quote.

A number is named `FOLDER:ROW:COLUMN`. FOLDER has a `results.json` of apps.bench or apps.study, a
`decoders.json` of `apps.bench --decoders`, or a `programs.json`, a list of single measurements.
ROW is `CODEC=SETTING` of the first, a name of the others. COLUMN is a key of such a row, or
`bd.METRIC` for the Bjontegaard rate in percent to AVIF, or `bd.METRIC.CODEC` to another codec; ROW
is then a codec.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import curves, schema
from tfgan_codec.metrics.bdrate import bd_rate

ANCHOR = "avif"
# How documents write numbers; as Python's format specifications. A leading zero is left away of
# what never exceeds 1.
SPECS = {
    **dict.fromkeys(("bpp", "value"), ".3f"),
    **dict.fromkeys(("psnr", "psnr_chroma", "ciede2000", "wasserstein"), ".2f"),
    **dict.fromkeys(("lpips", "lpips_vgg", "dists"), ".3f"),
    **dict.fromkeys(("kid", "kid_256", "ms_ssim"), ".4f"),
    **dict.fromkeys(("fid", "fid_256", "kmac_per_pixel", "encode_kmac_per_pixel"), ".1f"),
    **dict.fromkeys(("encode_s", "decode_s"), ".2f"),
    **dict.fromkeys(("bytes", "params", "images"), ",.0f"),
    **dict.fromkeys(("ms_per_mp_1_thread", "ms_per_mp_2_threads", "peak_mb"), ",.0f"),
}
BD_SPEC = "+.0f"
_BELOW_ONE = ("ms_ssim", "lpips", "lpips_vgg", "dists")


class Numbers:
    """The numbers below one folder of results."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)
        self._results = functools.cache(self._read)  # no file is read twice

    def value(self, name: str) -> float:
        """Returns the number of that name; `UsageError` where there is none."""
        folder, _, rest = name.partition(":")
        row, _, column = rest.rpartition(":")
        if column.startswith("bd."):
            return self._bd_rate(folder, row, *column.split(".")[1:])
        rows = self._rows(folder)
        if row not in rows:
            raise UsageError(f"{name}: no such row; {folder} has {', '.join(rows)}")
        found = rows[row].get(column)
        if not isinstance(found, (int, float)):
            raise UsageError(f"{name}: no such number; the row has {', '.join(rows[row])}")
        return float(found)

    def is_higher_better(self, column: str) -> bool | None:
        """Whether more is better in a column; None where neither is, as of a rate."""
        if column.startswith("bd."):
            return False
        return schema.HIGHER_IS_BETTER.get(column)

    def _bd_rate(self, folder: str, codec: str, metric: str, anchor: str = ANCHOR) -> float:
        sets = self._results(folder).sets
        pair = curves.curve(sets, anchor, metric), curves.curve(sets, codec, metric)
        return bd_rate(*pair, schema.HIGHER_IS_BETTER[metric])

    def _rows(self, folder: str) -> Mapping[str, Mapping[str, Any]]:
        """Returns the rows of a folder's file by their names."""
        if (self._folder / folder / "results.json").is_file():
            sets = self._results(folder).sets
            return {f"{row['codec']}={row['setting']}": row for row in sets}
        return self._named(folder)

    def _read(self, folder: str) -> schema.Results:
        return schema.load(self._folder / folder / "results.json")

    def _named(self, folder: str) -> Mapping[str, Mapping[str, Any]]:
        for key in ("decoders", "programs"):
            path = self._folder / folder / f"{key}.json"
            if path.is_file():
                rows = json.loads(path.read_text(encoding="utf-8"))[key]
                return {row["name"]: row for row in rows}
        raise UsageError(f"{self._folder / folder} has no results")


def written(value: float, column: str, spec: str = "") -> str:
    """Returns a number as documents write it.

    Args:
      value: the number.
      column: what it is of.
      spec: how else to write it than is usual for that column.
    """
    usual = BD_SPEC if column.startswith("bd.") else SPECS.get(column, ".4g")
    text = format(value, spec or usual)
    return text.replace("0.", ".", 1) if column in _BELOW_ONE and abs(value) < 1 else text
