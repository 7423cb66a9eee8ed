"""Makes report.html: curves, tables and picture sheets in one file that needs nothing else."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tfgan_codec.evaluation import classical, schema, sheets
from tfgan_codec.evaluation.curves import Difference, codecs, measured_metrics
from tfgan_codec.evaluation.plots import colors
from tfgan_codec.pictures import writing
from tfgan_codec.pictures.picture import Pixels

_TEMPLATE = Path(__file__).with_name("report.html")
_PLACE = "/*DATA*/"
_THUMB_HEIGHT = 108
WEBP_QUALITY = 90  # of decoded pictures at low rates: 50 to 150 kB each


def html(
    results: schema.Results,
    differences: Sequence[Difference],
    anchor: str,
    pictures: Iterable[sheets.Sheet],
    bpp: float,
) -> str:
    """Returns the page. `pictures`, made near `bpp` bits per pixel, are taken one by one, so that
    few are in memory."""
    names = codecs(results.sets)
    images: list[str] = []
    entries = [_entry(sheet, images) for sheet in pictures]
    shown = list(dict.fromkeys(v["codec"] for entry in entries for v in entry["versions"]))
    own = [name for name in shown if name not in classical.NAMES]
    sides = [anchor if anchor in shown else "original", own[-1] if own else "original"]
    return fill(
        _TEMPLATE,
        {
            "title": f"{len(names)} codecs on {results.about['data']}",
            "about": results.about,
            "sets": [{k: v for k, v in row.items() if k != "absent"} for row in results.sets],
            "metrics": measured_metrics(results.sets),
            "titles": schema.TITLES,
            "decimals": schema.DECIMALS,
            "higher": schema.HIGHER_IS_BETTER,
            "colors": colors(names + shown),
            "classical": classical.NAMES,
            "anchor": anchor,
            "bd": [difference._asdict() for difference in differences],
            "problems": results.problems,
            "bpp": bpp,
            "crop": sheets.CROP,
            "sides": sides,
            "sheets": entries,
            "images": images,
        },
    )


def fill(template: Path, data: dict[str, Any]) -> str:
    """Returns the HTML page of a template with `data` in it as JSON."""
    text = json.dumps(data, separators=(",", ":")).replace("</", "<\\/")
    before, after = template.read_text(encoding="utf-8").split(_PLACE)
    return before + text + after


def webp(picture: Pixels, quality: int = WEBP_QUALITY) -> str:
    """Returns a picture, uint8 HxWx3, as base64 of a WebP file."""
    data = writing.encoded(Image.fromarray(picture), "WEBP", quality=quality, method=4)
    return base64.b64encode(data).decode()


def _entry(sheet: sheets.Sheet, images: list[str]) -> dict[str, Any]:
    def add(picture: Pixels) -> int:
        images.append(webp(picture))
        return len(images) - 1

    height, width = sheet.original.shape[:2]
    thumb = Image.fromarray(sheet.original)
    thumb.thumbnail((3 * _THUMB_HEIGHT, _THUMB_HEIGHT))
    return {
        "name": sheet.name,
        "target": sheet.target,
        "width": width,
        "height": height,
        "original": add(sheet.original),
        "thumb": webp(np.asarray(thumb), 75),
        "crops": sheet.crops,
        "versions": [
            {
                "codec": version.codec,
                "bytes": version.nbytes,
                "values": {k: v if v is None else round(v, 4) for k, v in version.values.items()},
                "key": add(version.pixels),
            }
            for version in sheet.versions
        ],
    }
