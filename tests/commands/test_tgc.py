"""The command `tgc`: one door, the same programs, each under the name it was called by."""

from __future__ import annotations

import configparser
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sample_pictures

import tfgan_codec
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.commands import tgc

PORTABLE_APPS = ("batch", "compress", "decompress", "demo", "info", "weights", "doctor")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(tfgan_codec.__file__).parent / "commands"
    programs = {file.stem for file in folder.glob("*.py")} - {"__init__", "tgc", "training"}
    assert set(tgc.COMMANDS) == programs
    for flag in ("--help", "-h"):
        assert tgc.main(["tgc", flag]) == 0
        told, errors = capsys.readouterr()
        assert errors == ""
        assert told.startswith("usage: tgc COMMAND")
        assert {line.split()[0] for line in told.splitlines() if line.startswith("  ")} >= programs


@pytest.mark.parametrize("name", tgc.COMMANDS)
def test_usage_has_the_name_that_was_called(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tgc.main(["tgc", name, "--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: tgc {name} ")
    assert "python -m" not in told
    assert tgc.main(["tgc", name, "--no_such_flag"]) == 2
    assert f"usage: tgc {name} " in capsys.readouterr().err
    if name in PORTABLE_APPS:
        app = __import__(f"apps.{name}", fromlist=["main"])
        assert app.main([name, "--help"]) == 0
        assert capsys.readouterr().out == told.replace(f"tgc {name}", f"python -m apps.{name}")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [([], "a command is needed"), (["squash"], "no command 'squash'"), ([""], "a command")],
)
def test_misuse(arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tgc.main(["tgc", *arguments]) == 2
    told, errors = capsys.readouterr()
    assert told == ""
    assert errors.startswith(f"tfgan_codec: {problem}")
    assert "usage: tgc COMMAND" in errors


def test_status_of_the_command_is_passed_on(tmp_path: Path, tiny_dir: Path, capsys) -> None:
    picture, file = tmp_path / "a.png", tmp_path / "a.tgc"
    sample_pictures.image(60, 40).save(picture)
    assert tgc.main(["tgc", "compress", str(picture), str(file), f"--model={tiny_dir}"]) == 0
    assert tgc.main(["tgc", "info", str(file)]) == 0
    assert '"width": 60' in capsys.readouterr().out
    assert tgc.main(["tgc", "info", str(picture)]) == 1


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert tgc.main(["tgc", "--version"]) == 0
    assert capsys.readouterr() == (f"tgc {tfgan_codec.__version__}\n", "")
    assert re.fullmatch(r"\d+\.\d+\.\d+", tfgan_codec.__version__)
    setup = configparser.ConfigParser()
    setup.read(Path(tfgan_codec.__file__).parents[1] / "setup.cfg", encoding="utf-8")
    assert setup["metadata"]["version"] == "attr: tfgan_codec.__version__"


def test_runs_as_a_module(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tfgan_codec", "--help"]
    folder = Path(tfgan_codec.__file__).parents[1]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: tgc COMMAND")


def test_models(tiny_dir: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(bundle_files, "places", lambda: [tmp_path])
    shutil.copytree(tiny_dir, tmp_path / "tiny")
    assert tgc.main(["tgc", "models"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    names = ["model", "id", "megabytes", "bpp", "realisms", "licence", "about", "sha256"]
    assert head.split() == names
    nbytes = sum(file.stat().st_size for file in tiny_dir.iterdir())
    cells = ["tiny", "016a4d", f"{nbytes / 1e6:.2f}", "-", "0,", "1", "-", "made_by"]
    digest = hashlib.sha256((tiny_dir / "manifest.json").read_bytes()).hexdigest()
    assert row.split() == [*cells, "tests/data/make_tiny_bundle.py", digest]
    assert tgc.main(["tgc", "models", "--json"]) == 0
    (facts,) = json.loads(capsys.readouterr().out)
    assert facts["bytes"] == nbytes
    assert facts["realisms"] == [0.0, 1.0]
    assert facts["sha256"] == digest
    manifest = json.loads((tmp_path / "tiny" / "manifest.json").read_text())
    manifest["info"] = {"about": "Small,\nfor tests.", "bpp": "0.1", "licence": "CC0", "more": 1}
    (tmp_path / "tiny" / "manifest.json").write_text(json.dumps(manifest))
    assert tgc.main(["tgc", "models"]) == 0
    row = capsys.readouterr().out.splitlines()[1].split()
    assert row[3:-1] == ["0.1", "0,", "1", "CC0", "Small,", "for", "tests."]
    (tmp_path / "tiny" / "gains.npz").write_bytes(b"damaged")
    assert tgc.main(["tgc", "models"]) == 1
    assert "gains.npz is damaged" in capsys.readouterr().err
