"""The suite is what the golden files make, and this package passes it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from tfgan_codec.conformance import suite, table
from tfgan_codec.conformance.answers import ask
from tfgan_codec.conformance.verdicts import Verdict, judge

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
PYTHON = [sys.executable, "-m", "tfgan_codec.conformance"]


def verdicts(command: list[str], cases: suite.Suite) -> list[Verdict]:
    answers = ask(command, cases)
    return [verdict for case in cases.cases for verdict in judge(case, answers[case.name])]


def test_the_suite_is_the_one_that_is_committed(made: Path) -> None:
    committed = json.loads((ROOT / "conformance" / suite.MANIFEST).read_text())
    assert json.loads((made / suite.MANIFEST).read_text()) == committed


def test_its_hashes_are_those_of_the_golden_files(made: Path) -> None:
    """As golden.json and hashes.json have them, which other tests compare with."""
    fields = json.loads((made / suite.MANIFEST).read_text())
    found = {case["name"]: case.get("symbols") for case in fields["cases"]}
    for golden in json.loads((DATA / "golden" / "golden.json").read_text()):
        (stages,) = found[f"plain-{golden.pop('name')}"]
        assert {name: stages[name] for name in golden} == golden
    tiles = json.loads((DATA / "tiles" / "hashes.json").read_text())
    assert {name: found["tiles"][0][name] for name in tiles} == tiles


def test_it_is_small_and_has_all_kinds(made: Path, cases: suite.Suite) -> None:
    files = [path for path in made.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 2_000_000
    kinds = Counter((case.version, bool(case.error)) for case in cases.cases)
    assert kinds.keys() == {(version, bad) for version in suite.VERSIONS for bad in (False, True)}
    assert all(case.file.is_file() for case in cases.cases)
    assert len({case.name for case in cases.cases}) == len(cases.cases)


@pytest.fixture(scope="module")
def found(cases: suite.Suite) -> list[Verdict]:
    """What came of this package."""
    return verdicts(PYTHON, cases)


def test_this_package_passes(found: list[Verdict], cases: suite.Suite) -> None:
    assert table.failures({"python": found}) == []
    assert all(each.tried for each in found)
    apart = [each.difference for each in found if each.difference is not None]
    assert len(apart) == sum(case.picture is not None for case in cases.cases)


def test_the_document_has_these_rows(found: list[Verdict]) -> None:
    """The column of Python, but for the differences, which are a machine's own."""
    told = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    *counts, _ = table.markdown({"python": found}).splitlines()
    for row in counts[2:]:
        assert f"\n{row}" in told, row
