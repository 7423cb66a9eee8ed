"""Makes the gallery of the documents: one detail of each picture, as several codecs keep it in
equal bytes, as small WebP files with a list of them in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.numbers import written
from tfgan_codec.evaluation.sheets import METRICS, Sheet, Version, busiest
from tfgan_codec.evaluation.summary import markdown_table

SIDE = 384  # pixels; as wide as a phone shows unscaled
LIST = "gallery.json"
_NAMES = {"": "original", "mobile": "realistic", "mobile@0": "faithful"}
_QUALITY = 90  # of the WebP files: more would cost bytes that nobody sees


class Shown(NamedTuple):
    """One file of the gallery, and what it shows."""

    file: str
    codec: str  # empty for the original
    nbytes: int  # of the compressed picture as a whole; 0 for the original
    bpp: float
    values: dict[str, float | None]


def write(sheets: Iterable[Sheet], folder: Path, command: str) -> list[list[Shown]]:
    """Writes the details of all sheets, and `LIST`; returns what the list says, by pictures.

    Nobody chose the details: each is the square in which neighbouring pixels change most.

    Args:
      sheets: pictures with their decoded versions.
      folder: where to.
      command: what made them, for the list.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [_written(sheet, folder) for sheet in sheets]
    rows = [[each._asdict() for each in picture] for picture in pictures]
    text = json.dumps({"command": command, "pictures": rows}, indent=1)
    (folder / LIST).write_text(text + "\n", encoding="utf-8")
    return pictures


def _written(sheet: Sheet, folder: Path) -> list[Shown]:
    """Writes the detail of one sheet, by all its versions and first as it was."""
    stem, (height, width) = Path(sheet.name).stem, sheet.original.shape[:2]
    ((left, top),) = busiest(sheet.original, min(SIDE, height, width), 1)
    found = []
    for version in [Version("", 0, {}, sheet.original), *sheet.versions]:
        file = f"{stem}-{version.codec.replace('@', '-') or 'original'}.webp"
        detail = Image.fromarray(version.pixels[top : top + SIDE, left : left + SIDE])
        detail.save(folder / file, quality=_QUALITY, method=6)
        values = {key: None if v is None else round(v, 4) for key, v in version.values.items()}
        bpp = round(8 * version.nbytes / (height * width), 4)
        found.append(Shown(file, version.codec, version.nbytes, bpp, values))
    return found


def markdown(folder: Path, link: str, chosen: Iterable[str] = ()) -> str:
    """Returns the pictures of a gallery as Markdown, each with a table of what was measured.

    Where the script of the site is not, they stand one beside the other.

    Args:
      folder: has the files and `LIST`.
      link: that folder, as the document names it.
      chosen: names of the pictures to show, without tables; all by default, with them.
    """
    pictures = json.loads((folder / LIST).read_text(encoding="utf-8"))["pictures"]
    shown = [[Shown(**row) for row in rows] for rows in pictures]
    named = {rows[0].file.rpartition("-")[0]: rows for rows in shown}
    wanted = list(chosen)
    unknown = [name for name in wanted if name not in named]
    if unknown:
        raise UsageError(f"{folder} has no picture {unknown[0]}, only {', '.join(named)}")
    if wanted:
        figures = "\n\n".join(_figure(named[name], link) for name in wanted)
        return f'<div class="compares" markdown="1">\n\n{figures}\n\n</div>\n'
    parts: list[str] = []
    for name, rows in named.items():
        parts += [f"## {name}", _figure(rows, link), markdown_table(_table(rows))]
    return "\n\n".join(parts) + "\n"


def _figure(shown: Iterable[Shown], link: str) -> str:
    images = "\n".join(f"![{_told(each)}]({link}/{each.file})" for each in shown)
    return f'<div class="compare" markdown="1">\n\n{images}\n\n</div>'


def _told(each: Shown) -> str:
    name = _NAMES.get(each.codec, each.codec.upper())
    return f"{name}, {each.nbytes:,} bytes" if each.codec else name


def _table(shown: Iterable[Shown]) -> list[list[str]]:
    rows = [["the whole picture", "bytes", *(schema.TITLES[metric] for metric in METRICS)]]
    for each in shown:
        if each.codec:
            found = ((each.values[metric], metric) for metric in METRICS)
            values = ["-" if v is None else written(v, metric) for v, metric in found]
            name = _NAMES.get(each.codec, each.codec.upper())
            rows.append([name, f"{each.nbytes:,}", *values])
    return rows
