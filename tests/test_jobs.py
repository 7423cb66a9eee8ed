"""Tests of what the names on a command line ask for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tfgan_codec import cli, jobs
from tfgan_codec.errors import BitstreamError
from tfgan_codec.jobs import Job


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Job]]:
    """Plans for a command that reads what is called .jpg or .png, in a folder with a few files."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.jpg", "b.jpg", "b.png"):
        Path(name).touch()
    for name in ("folder", "folder/c.d"):
        Path(name).mkdir()

    def call(*names: str, out: str | None = None) -> list[Job]:
        return jobs.plan(names, out, ".tgc", lambda name: name.endswith((".jpg", ".png")))

    return call


@pytest.mark.parametrize(
    ("names", "out", "expected"),
    [
        ("a.jpg x.tgc", None, [Job("a.jpg", "x.tgc")]),
        ("a.jpg x", None, [Job("a.jpg", "x")]),
        ("a.jpg -", None, [Job("a.jpg", "-")]),
        ("- -", None, [Job("-", "-")]),
        ("- x.tgc", None, [Job("-", "x.tgc")]),
        ("-", None, [Job("-", "-", False)]),
        ("/dev/stdin", None, [Job("/dev/stdin", "-", False)]),
        ("-", "x.tgc", [Job("-", "x.tgc")]),
        ("a.jpg", None, [Job("a.jpg", "a.tgc", False)]),
        ("folder/c.d/e", None, [Job("folder/c.d/e", "folder/c.d/e.tgc", False)]),
        ("a.jpg b.jpg", None, [Job("a.jpg", "a.tgc", False), Job("b.jpg", "b.tgc", False)]),
        ("a.jpg b.jpg", "folder", [Job(f"{s}.jpg", f"folder/{s}.tgc", False) for s in "ab"]),
        ("a.jpg b.jpg", "folder/", [Job(f"{s}.jpg", f"folder/{s}.tgc", False) for s in "ab"]),
        ("a.jpg folder", None, [Job("a.jpg", "folder/a.tgc", False)]),
        (
            "a.jpg b.png folder",
            None,
            [Job(s, f"folder/{s[0]}.tgc", False) for s in ("a.jpg", "b.png")],
        ),
        ("a.jpg b.jpg z.jpg", None, [Job(f"{s}.jpg", f"{s}.tgc", False) for s in "abz"]),
        ("a.jpg", "x.jpg", [Job("a.jpg", "x.jpg")]),
    ],
)
def test_plans(names: str, out: str | None, expected: list[Job], plan) -> None:
    assert plan(*names.split(), out=out) == expected


@pytest.mark.parametrize(
    ("names", "out", "problem"),
    [
        ("b.jpg b.png", None, "b.jpg and b.png would both become b.tgc"),
        ("b.jpg ./b.jpg", None, "would both become"),
        ("a.jpg b.jpg x.tgc", None, "2 files do not fit into x.tgc; name a folder"),
        ("a.jpg b.jpg", "x.tgc", "2 files do not fit into x.tgc; name a folder"),
        ("a.jpg b.jpg", "-", "do not fit into -"),
        ("a.jpg b.jpg", "new", "do not fit into new"),
        ("a.jpg", "new/", "there is no folder new/; make it first: mkdir -p new/"),
        ("a.jpg", "a.jpg", "a.jpg is called like the file to make of it; name that with --out"),
        ("a.tgc", None, "a.tgc is called like the file to make of it; name that with --out=FILE"),
        ("a.jpg", "folder/../a.jpg", "would overwrite"),
        ("-", "folder", "what comes from standard input has no name in folder"),
        ("- a.jpg", None, "standard input and pipes are read alone"),
        ("- - x.tgc", None, "2 files do not fit"),
    ],
)
def test_refuses(names: str, out: str | None, problem: str, plan) -> None:
    with pytest.raises(cli.CommandLineError, match=problem):
        plan(*names.split(), out=out)


def test_a_target_of_one_is_no_source_of_another(plan) -> None:
    """Not even under another name."""
    os.link("b.jpg", "a.tgc")
    with pytest.raises(cli.CommandLineError, match=r"a\.tgc would overwrite a file that is read"):
        plan("a.jpg", "b.jpg")


def test_goes_on_after_errors(capsys: pytest.CaptureFixture[str]) -> None:
    done = []
    errors: dict[str, Exception] = {
        "a": BitstreamError("it is damaged"),
        "b": BitstreamError("b is damaged"),
        "c": MemoryError(),
        "-": BitstreamError("evil \x1b[31m\nname"),
    }

    def do(job: Job) -> None:
        if job.source in errors:
            raise errors[job.source]
        done.append(job.source)

    with pytest.raises(cli.Unfinished):
        jobs.each([Job(name, "x") for name in ("a", "1", "b", "c", "-", "2")], do)
    assert done == ["1", "2"]
    assert capsys.readouterr().err.splitlines() == [
        "tfgan_codec: a: it is damaged",
        "tfgan_codec: b is damaged",
        "tfgan_codec: c: not enough memory for this picture",
        "tfgan_codec: standard input: evil \\x1b[31m name",
    ]
    jobs.each([Job("1", "x")], do)
