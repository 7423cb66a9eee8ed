"""A short run of each fuzzer, and what the runner says of cases that misbehave."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("memory is measured with getrusage", allow_module_level=True)

from tests.fuzz import runner
from tests.fuzz.__main__ import NAMES
from tfgan_codec.errors import BundleError

EACH = {"container": 300, "bundles": 200, "networks": 200, "pictures": 200}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_refusals_and_pictures(name: str) -> None:
    report = runner.run([name], 0, EACH[name], None)
    assert report.problems() == []
    assert sum(report.outcomes.values()) == EACH[name]
    assert len(report.outcomes) >= 2  # some pass, or the changes are too coarse


def test_what_misbehaves_is_seen(tmp_path: Path) -> None:
    def use(number: int) -> str:
        if number == 1:
            raise KeyError("raw")
        if number == 2:
            raise BundleError("two\nlines")
        if number == 3:
            raise BundleError("plain")
        return "picture"

    def case(number: int) -> runner.Use:
        return lambda: use(number)

    runner.child(case, 0, 5, None, tmp_path / "notes")
    empty = runner.Report(runner.Counter(), 0.0, 0, 0.0, 0, {})
    report, following = runner._add(empty, tmp_path / "notes", "", 0)
    assert following == 5
    assert report.outcomes == {"picture": 2, "bad": 2, "refused (BundleError)": 1}
    assert report.bad == {
        "KeyError: 'raw'": [1],
        "BundleError with 9 odd characters": [2],
    }
    (tmp_path / "notes").write_text("7\n")  # and nothing after it: the process ended
    report, following = runner._add(report, tmp_path / "notes", "signal 11", 7)
    assert following == 8
    assert report.bad["signal 11"] == [7]
    slow = report._replace(slowest=2.1, slowest_case=4, megabytes=501.0, largest_case=5)
    assert slow.problems()[-2:] == ["case 4 took 2.10 s", "case 5 took 501 MB"]
