"""The checklist of docs/training.md names things that exist, and its example trains."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

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


def test_the_example_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As pasted, but for 2 steps in place of 200."""
    (block,) = re.findall(r"^```python\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
    assert block.count("200") == 2  # the limit, and as many batches
    made, train = block.replace("200", "2").split("progress = ")
    noise = np.random.default_rng(0)
    (tmp_path / "photos").mkdir()
    for number in range(3):
        coarse = noise.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((256, 256)).save(tmp_path / "photos" / f"{number}.png")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(made, names)
    model = names["model"]
    before = [variable.numpy() for variable in model.trainable_variables]
    exec(f"progress = {train}", names)
    assert names["progress"].share == 1.0
    assert int(model.g_optimizer.iterations) == int(model.d_optimizer.iterations) == 2
    after = [variable.numpy() for variable in model.trainable_variables]
    assert all(np.isfinite(weights).all() for weights in after)
    assert all((was != now).any() for was, now in zip(before, after))
    # The second step was made at half of the run, between 0@0.35 and 1@0.7.
    assert float(model.adversarial_weight) == pytest.approx(0.15 / 0.35)
