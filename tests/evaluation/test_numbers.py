"""Numbers of the documents are those of results/: found, written, and put where they are marked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from apps import results
from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import documents
from tfgan_codec.evaluation.numbers import Numbers, written

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# Numbers of the README with a unit of measurement that are settings, limits and sizes of networks,
# or what an installation of any machine has; with where they come from.
NOT_MEASURED = {
    "200 MB": "the base install, roughly",
    "2 %": "tfgan_codec/pictures/policy.py",
    "0.1 bits per pixel": "a setting",
    "0.3 bits per pixel": "a recommendation",
}
_UNITS = "%|dB|kMAC|MB|GB|kB|s|ms|bits per pixel"
MEASURED = rf"(?:[+-]?(?:\d[\d,]*)?\.?\d+) ?(?:{_UNITS})(?!\w)|(?<![\w.])[+-]?\.\d+"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with two codecs, measured at two rates each, and one decoder."""

    def row(codec: str, setting: str, bpp: float, psnr: float, lpips: float) -> dict[str, object]:
        known = {"codec": codec, "setting": setting, "bpp": bpp, "psnr": psnr, "lpips": lpips}
        return {**known, "ms_ssim": None, "fid": None, "absent": {}}

    sets = [row("ours", "a", 0.1, 26.0, 0.2), row("ours", "b", 0.2, 28.0, 0.104)]
    sets += [row("avif", "1", 0.2, 26.0, 0.3), row("avif", "2", 0.4, 28.0, 0.25)]
    about = {"format": 1, "command": "python -m apps.study x", "problems": [], "records": []}
    (tmp_path / "results" / "pair").mkdir(parents=True)
    (tmp_path / "results" / "pair" / "results.json").write_text(json.dumps({**about, "sets": sets}))
    (tmp_path / "results" / "speed").mkdir()
    rows = {"decoders": [{"name": "int8", "bytes": 1_959_264}]}
    (tmp_path / "results" / "speed" / "decoders.json").write_text(json.dumps(rows))
    (tmp_path / "docs").mkdir()
    return tmp_path


def test_numbers_are_found_by_name(checkout: Path) -> None:
    """A codec that takes half the bytes at every quality has a rate of -50 %."""
    numbers = Numbers(checkout / "results")
    assert numbers.value("pair:ours=a:psnr") == 26.0
    assert numbers.value("speed:int8:bytes") == 1_959_264
    assert numbers.value("pair:ours:bd.psnr") == pytest.approx(-50.0)
    assert numbers.value("pair:avif:bd.psnr.ours") == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("pair:ours=c:psnr", "ours=b"), ("pair:ours=a:fid", "psnr"), ("none:a:psnr", "no results")],
)
def test_what_is_not_there_is_said(checkout: Path, name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        Numbers(checkout / "results").value(name)


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (0.20166, "lpips", ".202"),
        (1.2, "lpips", "1.200"),
        (0.088318, "bpp", "0.088"),
        (26.23369, "psnr", "26.23"),
        (-54.497, "bd.fid", "-54"),
        (25.66, "bd.psnr", "+26"),
        (10728.4, "ms_per_mp_1_thread", "10,728"),
    ],
)
def test_numbers_are_written_as_documents_do(value: float, column: str, text: str) -> None:
    assert written(value, column) == text


def test_marked_numbers_are_replaced(checkout: Path) -> None:
    numbers = Numbers(checkout / "results")
    text = "LPIPS of .999<!--= pair:ours=a:lpips -->, -1<!--= pair:ours:bd.psnr --> %, 5 in all"
    expected = (
        "LPIPS of .200<!--= pair:ours=a:lpips -->, -50<!--= pair:ours:bd.psnr --> %, 5 in all"
    )
    assert documents.updated(text, numbers) == expected
    gain = "9<!--= pair:ours=b:psnr - pair:ours=a:psnr .1f --> dB"
    assert documents.updated(gain, numbers) == gain.replace("9", "2.0", 1)
    ratio = "9<!--= pair:ours=a:lpips / pair:avif=1:lpips .2f --> times"
    assert documents.updated(ratio, numbers) == ratio.replace("9", "0.67", 1)
    with pytest.raises(UsageError, match="a format behind"):
        documents.updated("9<!--= pair:ours=b:psnr - pair:ours=a:psnr -->", numbers)


def test_tables_are_made_with_the_best_in_bold(checkout: Path) -> None:
    text = (
        "<!-- table: pair; bpp psnr lpips\nours=a: this\navif=1\n-\nours=b\n-->\nold\n"
        "<!-- end of table -->\n"
    )
    made = documents.updated(text, Numbers(checkout / "results"))
    assert [line for line in made.splitlines() if line.startswith("| ")] == [
        "| codec | bits per pixel | PSNR | LPIPS |",
        "| --- | ---: | ---: | ---: |",
        "| this | 0.100 | **26.00** | **.200** |",
        "| AVIF | 0.200 | 26.00 | .300 |",
        "| ours | 0.200 | 28.00 | .104 |",
    ]
    assert documents.updated(made, Numbers(checkout / "results")) == made


def test_the_command_checks_and_mends(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout)
    page = checkout / "README.md"
    page.write_text("27.00<!--= pair:ours=a:psnr --> dB\n")
    assert results.main(["results", "--check"]) == 1
    assert "README.md: differs from results/" in capsys.readouterr().out
    assert "27.00" in page.read_text()
    assert results.main(["results"]) == 0
    assert page.read_text() == "26.00<!--= pair:ours=a:psnr --> dB\n"
    assert results.main(["results", "--check"]) == 0


def test_this_checkout_has_the_numbers_of_its_results() -> None:
    """`python -m apps.results` mends what this finds."""
    assert documents.update_all(ROOT, write=False) == []


def unmarked(text: str) -> str:
    """Returns the prose of a document, without code, links and what is marked as measured."""
    text = documents.TABLE.sub("", text)
    text = documents.QUOTED.sub("", text)
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`]*`|\]\([^)]*\)|<!--.*?-->", "", text, flags=re.DOTALL)


def test_no_number_of_the_readme_is_unfounded() -> None:
    found = {" ".join(each.split()) for each in re.findall(MEASURED, unmarked(README))}
    assert found <= NOT_MEASURED.keys()


def test_a_number_without_a_mark_is_seen() -> None:
    found = re.findall(
        MEASURED, unmarked("PSNR 26.23 dB, 30 kMAC per pixel, LPIPS .202, -55 %, 3 s.")
    )
    assert found == ["26.23 dB", "30 kMAC", ".202", "-55 %", "3 s"]
