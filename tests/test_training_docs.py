"""The checklist of docs/training.md names things that exist."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

from tfgan_codec import techniques
from tfgan_codec.studies.experiments import EXPERIMENTS
from tfgan_codec.training.config import RunConfig

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TEXT.splitlines()
    if re.match(r"\| \d+ \|", line)
]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_no_technique_is_left_out() -> None:
    assert [int(row[0].strip("| ")) for row in ROWS] == list(range(1, 55))
    assert all(len(row) == 7 and all(row) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_rows_name_what_exists(row: list[str]) -> None:
    _, _, flags, files, test, _, measured = row
    for name in quoted(files):
        inside = ROOT if name.startswith(("apps/", "export/")) else ROOT / "tfgan_codec"
        assert (inside / name).is_file(), name
    for name in quoted(test):
        assert (ROOT / name).is_file(), name
    commands = [f for f in quoted(flags) if f.startswith("python -m ")]
    sources = ["apps/train.py", *(c.split()[2].replace(".", "/") + ".py" for c in commands)]
    source = "".join((ROOT / place).read_text(encoding="utf-8") for place in sources)
    settings = {field.name for field in dataclasses.fields(RunConfig)}
    for flag in re.findall(r"--([a-z_]+)", flags):
        assert flag in settings or f'"{flag}"' in source, flag
    experiment = {system.name for system in EXPERIMENTS["techniques"].systems}
    for name in quoted(measured):
        assert name in experiment or name.startswith("results/") or row[0].strip("| ") == "40", name


def test_every_technique_is_told_of() -> None:
    with pytest.raises(Exception, match="choose from") as error:
        techniques.build(["none"])
    known = str(error.value).split("choose from ")[1].split(", ")
    told = set(re.findall(r"--technique=([a-z_]+)", TEXT))
    assert set(known) == told


def test_the_example_is_python() -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
    compile(block, "training.md", "exec")
