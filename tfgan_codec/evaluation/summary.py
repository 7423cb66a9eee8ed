"""Writes results as text: a table for the terminal, and a README.md beside the results file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.curves import Difference, codecs

COLUMNS = ("bpp", *schema.METRICS, "encode_s", "decode_s", "kmac_per_pixel")


def table(sets: Sequence[schema.Row]) -> list[list[str]]:
    """Returns a table of the means per codec and setting, without empty columns; the first row
    holds the columns' names, the last column the measures that a codec was trained on."""
    columns = [c for c in COLUMNS if any(row[c] is not None for row in sets)]
    told = ["trained on"] if any(row["trained_on"] for row in sets) else []
    rows = [["codec", "setting", *columns, *told]]
    for row in sets:
        trained = [", ".join(row["trained_on"] or "-") for _ in told]
        rows.append([row["codec"], row["setting"], *(_cell(c, row[c]) for c in columns), *trained])
    return rows


def bd_table(differences: Sequence[Difference]) -> list[list[str]]:
    """Returns a table of BD-rates in percent: a row per codec, a column per metric."""
    metrics = list(dict.fromkeys(d.metric for d in differences))
    rows = [["codec", *(schema.TITLES[m] for m in metrics)]]
    for codec in dict.fromkeys(d.codec for d in differences):
        rates = [d.rate for d in differences if d.codec == codec]
        rows.append([codec, *("-" if rate is None else f"{rate:+.1f} %" for rate in rates)])
    return rows


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Returns a table as text for the terminal, its columns aligned."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for row in rows:
        cells = [cell.rjust(w) for cell, w in zip(row, widths)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells[1:]]))
    return "\n".join(lines)


def made_by(about: Mapping[str, Any]) -> str:
    """Returns how results were made, from what they say of themselves: the command, and after it
    the commit, the date and the machine."""
    return (
        f"Made by\n\n    {about['command']}\n\nat commit {about['commit'] or '(none)'}, "
        f"{about['date']}, on {about['machine']}"
    )


def markdown(
    results: schema.Results, differences: Sequence[Difference], anchor: str, plots: Sequence[str]
) -> str:
    """Returns the README.md of a results folder: how it was made, tables, plots."""
    about = results.about
    commands = dict.fromkeys(row["command"] for row in reversed(results.sets))
    commits = dict.fromkeys(row["commit"] for row in reversed(results.sets) if row["commit"])
    parts = [
        f"# {', '.join(codecs(results.sets))} on {about['data']} ({about['images']} pictures)",
        "Made by",
        "\n".join(f"    {command}" for command in commands),
        f"at commit {', '.join(commits) or '(none)'}, {about['date']}, on {about['machine']}, "
        f"load average {about.get('load_average')} at the start. Means over the pictures; all rows "
        "are in `results.json`. Metrics and caveats: `docs/evaluation.md`.",
        markdown_table(table(results.sets)),
    ]
    if any(difference.rate is not None for difference in differences):
        parts += [
            f"## BD-rate to {anchor}",
            f"Bytes at equal quality, in percent of {anchor}'s; negative is better.",
            markdown_table(bd_table(differences)),
        ]
    versions = {row["codec"]: row["version"] for row in results.sets}
    parts += ["## Versions", "\n".join(f"- {name}: {text}" for name, text in versions.items())]
    if results.problems:
        parts += ["## Not measured", "\n".join(f"- {problem}" for problem in results.problems)]
    if plots:
        parts += ["## Plots", "\n".join(f"![{schema.TITLES[m]}]({m}.svg)" for m in plots)]
    return "\n\n".join(parts) + "\n"


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Returns a table as Markdown; the first row is its head."""
    rule = ["---", *["---:"] * (len(rows[0]) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [rows[0], rule, *rows[1:]])


def _cell(column: str, value: float | None) -> str:
    return "-" if value is None else f"{value:.{schema.DECIMALS.get(column, 4)}f}"
