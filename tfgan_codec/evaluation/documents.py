"""Writes measured numbers into documents, at places that are marked in their Markdown.

A number has its name in a comment directly behind it, with how to write it if that is unusual, or
the difference or quotient of two:

    LPIPS of .202<!--= mobile:mobile=0.0889:lpips -->
    0.2<!--= mobile:mobile+realism100=0.0889:psnr - mobile:mobile=0.0889:psnr .1f --> dB better

A table stands between two comments; the first says of which folder, which columns, and line by line
which rows, with what to call them. A line of one dash separates groups, in each of which the best
are in bold.

    <!-- table: mobile; bpp psnr lpips
    mobile=0.0889: ours
    avif=8
    -->

    ...

    <!-- end of table -->

Pictures of a gallery of apps.gallery, all or some, stand between comments too.

    <!-- pictures: images/gallery kodim23 -->
    ...
    <!-- end of pictures -->
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import curves, gallery, schema, summary
from tfgan_codec.evaluation.numbers import Numbers, written

QUOTED = re.compile(r"([+-]?(?:\d[\d,]*)?\.?\d+)<!--= (.*?) -->", re.DOTALL)
TABLE = re.compile(r"(<!-- table: (.*?)-->\n)(.*?)(<!-- end of table -->)", re.DOTALL)
PICTURES = re.compile(
    r"(<!-- pictures: (\S+)(.*?) -->\n)(.*?)(<!-- end of pictures -->)", re.DOTALL
)
_HEADS = {
    "bpp": "bits per pixel",
    "psnr": "PSNR",
    "lpips": "LPIPS",
    "bytes": "bytes",
    "kmac_per_pixel": "kMAC per pixel",
    "ms_per_mp_1_thread": "ms per megapixel, 1 thread",
    "ms_per_mp_2_threads": "2 threads",
    "peak_mb": "peak MB",
}
_NAMES = {"avif": "AVIF", "heic": "HEIC", "jpeg": "JPEG", "jpeg2000": "JPEG 2000", "webp": "WebP"}
_NAMES.update({"jxl": "JPEG XL", "mobile": "mobile, realistic", "mobile@0": "mobile, faithful"})


def updated(text: str, numbers: Numbers, folder: Path = Path()) -> str:
    """Returns a document with all that is marked in it as the results have it.

    Args:
      text: the document.
      numbers: the results.
      folder: where the document stands, from which its pictures are named.
    """

    def pictures(found: re.Match[str]) -> str:
        made = gallery.markdown(folder / found[2], found[2], found[3].split())
        return f"{found[1]}\n{made}\n{found[5]}"

    text = PICTURES.sub(pictures, text)
    text = TABLE.sub(lambda found: f"{found[1]}\n{_table(found[2], numbers)}\n{found[4]}", text)
    return QUOTED.sub(lambda found: f"{_quoted(found[2], numbers)}<!--= {found[2]} -->", text)


def update_all(root: Path, write: bool) -> list[Path]:
    """Updates README.md, docs/ and the README.md of measured results; returns what changed.

    Args:
      root: the checkout.
      write: whether to write what changes.
    """
    numbers = Numbers(root / "results")
    pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    made = {p: updated(p.read_text(encoding="utf-8"), numbers, p.parent) for p in pages}
    made.update({f / "README.md": measured_readme(f) for f in measured_folders(root)})
    changed = [page for page, text in made.items() if page.read_text(encoding="utf-8") != text]
    for page in changed:
        if write:
            page.write_text(made[page], encoding="utf-8")
    return changed


def measured_folders(root: Path) -> list[Path]:
    """Returns the folders of results that apps.bench wrote."""
    found = sorted((root / "results").rglob("results.json"))
    commands = {path.parent: schema.load(path).about["command"] for path in found}
    return [folder for folder, command in commands.items() if "apps.bench" in command]


def measured_readme(folder: Path) -> str:
    """Returns the README.md of a folder that apps.bench wrote, made again of its results.json."""
    results = schema.load(folder / "results.json")
    names = curves.codecs(results.sets)
    anchor = "avif" if "avif" in names else names[0]
    plots = [name for name in schema.METRICS if (folder / f"{name}.svg").is_file()]
    differences = curves.differences(results.sets, anchor)
    return summary.markdown(results, differences, anchor, plots)


def _quoted(said: str, numbers: Numbers) -> str:
    """Returns the number that a comment asks for, as text."""
    words = said.split()
    names = [word for word in words if ":" in word]
    signs = [word for word in words if word in ("-", "/")]
    spec = "".join(word for word in words if word not in (*names, *signs))
    values = [numbers.value(name) for name in names]
    column = names[0].rpartition(":")[2] if names else ""
    if len(names) == 1 and not signs:
        return written(values[0], column, spec)
    if len(names) == 2 and len(signs) == 1 and spec:
        first, second = values
        value = first - second if signs == ["-"] else first / second
        return written(value, column if signs == ["-"] else "", spec)
    raise UsageError(f"<!--= {said} -->: one name, or two with - or / between and a format behind")


def _table(said: str, numbers: Numbers) -> str:
    """Returns the table that a comment asks for, as Markdown."""
    head, *lines = said.strip().splitlines()
    folder, _, columns = (part.strip() for part in head.partition(";"))
    shown = columns.split()
    rows: list[list[str]] = [["codec", *map(_head, shown)]]
    group: list[tuple[str, list[float]]] = []
    for line in [*(each.strip() for each in lines), "-"]:
        if line == "-":
            rows.extend(_group(group, shown, numbers))
            group = []
            continue
        row, _, label = (part.strip() for part in line.partition(": "))
        values = [numbers.value(f"{folder}:{row}:{column}") for column in shown]
        group.append((label or _named(row), values))
    return summary.markdown_table(rows) + "\n"


def _group(
    rows: Sequence[tuple[str, Sequence[float]]], columns: Sequence[str], numbers: Numbers
) -> list[list[str]]:
    """Returns rows as text, with the best of several in bold."""
    texts = [[written(v, c) for v, c in zip(values, columns)] for _, values in rows]
    for place, column in enumerate(columns):
        higher = numbers.is_higher_better(column)
        if higher is not None and len(rows) > 1:
            found = [values[place] for _, values in rows]
            best = found.index(max(found) if higher else min(found))
            texts[best][place] = f"**{texts[best][place]}**"
    return [[label, *cells] for (label, _), cells in zip(rows, texts)]


def _head(column: str) -> str:
    metric = column.split(".")[1] if column.startswith("bd.") else column
    return _HEADS.get(metric) or schema.TITLES.get(metric, metric)


def _named(row: str) -> str:
    codec = row.partition("=")[0]
    return _NAMES.get(codec, codec)
