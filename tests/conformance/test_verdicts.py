"""Wrong answers are found, whatever is wrong with them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from apps import conformance
from tfgan_codec.conformance import pnm, suite, table
from tfgan_codec.conformance.answers import Answer, ask
from tfgan_codec.conformance.suite import Bounds, Case
from tfgan_codec.conformance.verdicts import judge
from tfgan_codec.errors import ImageError, UsageError

STAGES = {"z": "a", "indexes": "b", "r": "c", "bytes": "d"}
LEVELS = np.full((4, 5, 3), 100, np.uint8)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A file of 5x4 pixels, whose decoders may be 2 levels and 1 in the mean off."""
    picture = tmp_path / "good.png"
    Image.fromarray(LEVELS).save(picture)
    bounds = {"float": Bounds(2, 1.0)}
    where = tmp_path / "good.tgc", "model", "plain", suite.SYMBOLS
    return Case("good", *where, "", (STAGES,), picture, bounds)


def passed(case: Case, **answer: object) -> list[bool]:
    """Whether each level passes; those that were not tried left out."""
    fields = {"symbols": (STAGES,), "picture": LEVELS, **answer}
    return [each.passed for each in judge(case, Answer(**fields)) if each.tried]  # type: ignore[arg-type]


def test_right_answers_pass(case: Case) -> None:
    assert passed(case) == [True, True]
    without = {name: digest for name, digest in STAGES.items() if name != "bytes"}
    assert passed(case, symbols=(without,)) == [True, True]  # without an encoder
    assert passed(case, picture=None) == [True]
    assert passed(case, form="float16") == [True]  # the suite has no bounds for it


@pytest.mark.parametrize("stage", STAGES)
def test_one_wrong_stage_is_seen(case: Case, stage: str) -> None:
    assert passed(case, symbols=({**STAGES, stage: "e"},)) == [False, True]


@pytest.mark.parametrize(
    "answer",
    [
        {"symbols": ()},
        {"symbols": (STAGES, STAGES)},
        {"symbols": ({"z": "a", "indexes": "b"},)},
        {"error": "bitstream"},
        {"problem": "the decoder wrote no answer"},
        {"unsupported": "ordinary files", "symbols": ()},  # which everybody must read
    ],
)
def test_other_symbols_fail(case: Case, answer: dict[str, object]) -> None:
    assert passed(case, **answer)[0] is False


def test_only_other_versions_may_be_unsupported(case: Case) -> None:
    layers = case._replace(version="layers")
    assert passed(layers, unsupported="layers", symbols=(), picture=None) == []
    bad = layers._replace(error="bitstream")
    assert passed(bad, unsupported="layers", symbols=(), picture=None) == []


def test_pixels_are_within_both_bounds(case: Case) -> None:
    """One value of 60 that is 2 off has a root mean square of 2 / sqrt(60) = 0.26."""
    off = LEVELS.copy()
    off[0, 0, 0] = 102
    assert passed(case, picture=off) == [True, True]
    verdict = judge(case, Answer(symbols=(STAGES,), picture=off))[1]
    assert verdict.difference == pytest.approx((2, 0.2582), abs=1e-4)
    off[0, 0, 0] = 103
    assert passed(case, picture=off) == [True, False]
    assert passed(case, picture=LEVELS - 1) == [True, True]  # the mean is 1
    assert passed(case, picture=LEVELS - np.uint8(2)) == [True, False]
    assert passed(case, picture=LEVELS[:3]) == [True, False]
    opaque = np.dstack([LEVELS, np.full((4, 5), 255, np.uint8)])
    assert passed(case, picture=opaque) == [True, True]
    opaque[1, 1, 3] = 254
    assert passed(case, picture=opaque) == [True, False]


def test_malformed_files_must_be_refused_with_their_class(case: Case) -> None:
    bad = case._replace(error="bitstream", symbols=(), picture=None)
    assert passed(bad, error="bitstream", symbols=(), picture=None) == [True]
    assert passed(bad, error="image", symbols=(), picture=None) == [False]
    either = bad._replace(error="image/bitstream")
    for error, good in (("image", True), ("bitstream", True), ("usage", False), ("", False)):
        assert passed(either, error=error, symbols=(), picture=None) == [good]
    assert passed(bad) == [False]
    assert passed(bad, problem="the decoder ended with status -11") == [False]
    # What only pixels need, a decoder of symbols need not see.
    metadata = bad._replace(level=suite.PIXELS)
    assert passed(metadata, picture=None) == []
    assert passed(metadata) == [False]


ONE = {"name": "good", "version": "plain", "model": "tiny", "symbols": [STAGES]}


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("pass", "wrote no answer"),
        ("raise SystemExit('out of ink')", "status 1: out of ink"),
        ("import os; os.abort()", "status -6"),
        ("write('{')", "no JSON"),
        ("write('[]')", "no JSON object"),
        ("write('{\"symbols\": 3}')", "another type"),
        ('write(\'{"symbols": [], "decoder": "int4"}\')', "another type"),
        ("write('{}'); picture(b'P6 5 4 255\\n' + bytes(59))", "59 bytes"),
        ("write('{}'); picture(b'P3 5 4 255\\n')", "no binary PGM"),
    ],
)
def test_programs_without_an_answer_fail(
    program: str, problem: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "models" / "tiny").mkdir(parents=True)
    (tmp_path / "models" / "tiny" / "manifest.json").touch()
    fields = {"format": 1, "models": ["tiny"], "cases": [ONE]}
    (tmp_path / suite.MANIFEST).write_text(json.dumps(fields))
    lines = (
        "import pathlib, sys",
        "write = pathlib.Path(sys.argv[2], 'good.json').write_text",
        "picture = pathlib.Path(sys.argv[2], 'good.pnm').write_bytes",
        program,
    )
    script = tmp_path / "decoder.py"
    script.write_text("\n".join(lines))
    (answer,) = ask([sys.executable, str(script)], suite.read(tmp_path)).values()
    assert problem in answer.problem
    command = f"mine={sys.executable} {script}"
    assert conformance.main(["conformance", command, f"--suite={tmp_path}"]) == 1
    out, err = capfd.readouterr()
    assert "| plain, symbols | 0 of 1 |" in out
    assert f"mine: good, symbols: {answer.problem}" in err


def test_a_crash_costs_only_the_file_that_causes_it(tmp_path: Path) -> None:
    (tmp_path / "models" / "tiny").mkdir(parents=True)
    (tmp_path / "models" / "tiny" / "manifest.json").touch()
    cases = [{**ONE, "name": name} for name in ("first", "bad", "last")]
    fields = {"format": 1, "models": ["tiny"], "cases": cases}
    (tmp_path / suite.MANIFEST).write_text(json.dumps(fields))
    script = tmp_path / "decoder.py"
    lines = (
        "import os, pathlib, sys",
        "for file in map(pathlib.Path, sys.argv[3:]):",
        "    if file.stem == 'bad':",
        "        os.abort()",
        "    pathlib.Path(sys.argv[2], file.stem + '.json').write_text('{}')",
    )
    script.write_text("\n".join(lines))
    found = ask([sys.executable, str(script)], suite.read(tmp_path))
    assert {name: bool(answer.problem) for name, answer in found.items()} == {
        "first": False,
        "bad": True,
        "last": False,
    }


def test_what_cannot_be_run_is_told(tmp_path: Path, cases: suite.Suite) -> None:
    with pytest.raises(UsageError, match="cannot be run"):
        ask([str(tmp_path / "none")], cases)
    with pytest.raises(UsageError, match=r"has no suite\.json"):
        suite.read(tmp_path)
    (tmp_path / suite.MANIFEST).write_text('{"format": 2}')
    with pytest.raises(UsageError, match="not of format 1"):
        suite.read(tmp_path)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_pictures_of_the_protocol(channels: int) -> None:
    levels = np.random.default_rng(0).integers(0, 256, (3, 5, channels), np.uint8)
    assert np.array_equal(pnm.read(pnm.write(levels)), levels)
    rgba = pnm.rgba(levels)
    assert np.array_equal(rgba[..., 0], levels[..., 0])
    assert np.array_equal(rgba[..., 2], levels[..., 2 if channels > 2 else 0])
    assert np.array_equal(
        rgba[..., 3], levels[..., -1] if channels % 2 == 0 else rgba[..., 3] | 255
    )
    if channels in (1, 3):
        head = b"P%d\n5 3\n255\n" % (5 if channels == 1 else 6)
        assert np.array_equal(pnm.read(head + levels.tobytes()), levels)
    with pytest.raises(ImageError):
        pnm.read(pnm.write(levels)[:-1])


def test_the_table_says_what_was_not_tried(case: Case) -> None:
    good = judge(case, Answer(symbols=(STAGES,)))
    lines = table.markdown({"mine": good}).splitlines()
    assert lines == [
        "|  | mine |",
        "| --- | --- |",
        "| plain, symbols | 1 of 1 |",
        "| plain, pixels | - |",
        "| largest difference, rms | - |",
    ]
