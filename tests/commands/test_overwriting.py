"""No command replaces what it does not write: each program that writes, as users call it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
import sample_pictures

import tfgan_codec as tgc

WORTHY = b"of value to somebody"


@pytest.fixture
def run(tmp_path: Path, tiny_dir: Path, monkeypatch, capfd) -> Callable[..., tuple[int, str]]:
    """Calls a program in a folder with two JPEG files, a .tgc file and two things of value."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.jpg", "b.jpg"):
        sample_pictures.image(60, 40, seed=ord(name[0])).save(name)
    Path("c.tgc").write_bytes(tgc.load(tiny_dir).compress(sample_pictures.image(48, 48)))
    Path("folder").mkdir()
    for name in ("worthy", "worthy.png", "worthy.json", "worthy.tgc", "folder/README.md"):
        Path(name).write_bytes(WORTHY)

    def call(module: str, *arguments: str) -> tuple[int, str]:
        status = importlib.import_module(module).main([module, *arguments])
        return status, capfd.readouterr().err

    return call


def state() -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in Path().rglob("*") if p.is_file()}


def test_two_pictures_are_two_pictures(run, tiny_dir: Path) -> None:
    """What a shell makes of `*.jpg` where there are two: the second is no target."""
    before = state()
    assert run("apps.compress", "a.jpg", "b.jpg", f"--model={tiny_dir}") == (0, "")
    after = state()
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {"a.tgc", "b.tgc"}
    assert run("apps.decompress", "a.tgc", "b.tgc", f"--model={tiny_dir}") == (0, "")
    assert {name: state()[name] for name in after} == after
    assert state().keys() - after.keys() == {"a.png", "b.png"}


@pytest.mark.parametrize("second", ["b.jpg", "worthy", "worthy.png", "empty.jpg"])
def test_not_even_with_overwrite(second: str, run, tiny_dir: Path) -> None:
    """Whatever the second is: if it is no picture, that is told of it."""
    Path("empty.jpg").touch()
    before = state()
    flags = f"--model={tiny_dir}", "--overwrite"
    assert run("apps.compress", "a.jpg", second, *flags)[0] == (0 if second == "b.jpg" else 1)
    assert {name: state()[name] for name in before} == before
    assert Path("a.tgc").is_file()


def test_a_name_that_waits_for_a_result(run, tiny_dir: Path) -> None:
    Path("waits").touch()
    assert run("apps.compress", "a.jpg", "waits", f"--model={tiny_dir}") == (0, "")
    assert Path("waits").read_bytes().startswith(b"TGC")


CASES = [
    ("apps.compress", "a.jpg worthy.tgc"),
    ("apps.compress", "a.jpg --out=worthy"),
    ("apps.compress", "a.jpg --out=b.jpg"),
    ("apps.compress", "a.jpg new.jpg"),
    ("apps.decompress", "c.tgc worthy.png"),
    ("apps.decompress", "c.tgc --out=worthy.png"),
    ("apps.demo", "a.jpg --out=worthy.png"),
    ("apps.evaluate", "--data=. --out=worthy.json"),
    ("apps.evaluate", "--data=. --out=new.png"),
    ("apps.bench", "--data=. --out=folder"),
    ("apps.bench", "--data=. --out=worthy"),
    ("export.android.__main__", "--out=."),
    ("export.bundle", "--model=x --out=folder"),
    ("export.bundle", "--model=x --out=worthy"),
    ("export.prune", "--model=mobile --out=folder"),
    ("export.tflite", "--model=mobile --out=folder"),
]


@pytest.mark.parametrize(("module", "line"), CASES)
def test_refused_in_one_line_that_says_what_to_do(module: str, line: str, run, tiny_dir) -> None:
    Path("bundle").mkdir()
    Path("bundle/README.md").write_bytes(WORTHY)
    before = state()
    model = [] if "--model" in line else [f"--model={tiny_dir}"]
    if module in ("apps.decompress", "apps.bench"):
        model = []
    status, errors = run(module, *line.split(), *model)
    assert status == 1
    assert errors.count("\n") == 1
    assert "--overwrite" in errors or "is a file; name a folder" in errors
    assert state() == before


def test_overwrite_insists(run, tiny_dir: Path) -> None:
    model = f"--model={tiny_dir}"
    for target in ("worthy.tgc", "worthy", "new.jpg"):
        line = ["a.jpg", f"--out={target}", model]
        assert run("apps.compress", *line)[0] == 1
        assert run("apps.compress", *line, "--overwrite") == (0, "")
        assert Path(target).read_bytes().startswith(b"TGC")
    assert run("apps.decompress", "c.tgc", "worthy.png", model, "--overwrite") == (0, "")
    assert Path("worthy.png").read_bytes().startswith(b"\x89PNG")


def test_names_that_nobody_typed_replace_nothing(run, tiny_dir: Path) -> None:
    """Here the picture from which a .tgc file was made, and its copy at another rate."""
    model = f"--model={tiny_dir}"
    sample_pictures.image(60, 40).save("d.png")
    assert run("apps.compress", "d.png", model) == (0, "")
    before = state()
    for program, name in (("apps.decompress", "d.tgc"), ("apps.compress", "d.png")):
        status, errors = run(program, name, model, "--out=.")
        assert status == 1
        assert "is there already; replace it with --overwrite" in errors
    assert state() == before
    assert run("apps.decompress", "d.tgc", model, "--overwrite") == (0, "")


def test_bad_ones_do_not_stop_the_others(run, tiny_dir: Path) -> None:
    """Status 1 and a line for each that failed, which names it; nothing half done is left."""
    Path("empty.jpg").touch()
    before = state()
    names = ["a.jpg", "missing.jpg", "empty.jpg", "worthy.png", "folder/", "b.jpg"]
    status, errors = run("apps.compress", *names, f"--model={tiny_dir}")
    assert status == 1
    told = [line.removeprefix("tfgan_codec: ") for line in errors.splitlines()]
    starts = (
        "cannot read missing.jpg",
        "empty.jpg is empty",
        "worthy.tgc is there",
        "folder/ is a",
    )
    assert len(told) == len(starts)
    assert all(line.startswith(start) for line, start in zip(told, starts))
    assert state().keys() - before.keys() == {"a.tgc", "b.tgc"}
    assert not list(Path().glob(".*"))


def test_damaged_files_are_named(run, tiny_dir: Path) -> None:
    blob = Path("c.tgc").read_bytes()
    Path("cut.tgc").write_bytes(blob[:-1])
    for program, flags in (("apps.decompress", [f"--model={tiny_dir}"]), ("apps.info", [])):
        status, errors = run(program, "cut.tgc", "c.tgc", *flags)
        assert status == 1
        assert errors.startswith("tfgan_codec: cut.tgc: the file is damaged or cut short")
        assert errors.count("\n") == 1
    assert Path("c.png").is_file()
