"""What the README says holds: its links, commands and examples."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tfgan_codec.commands import tgc

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "apps" / "assets" / "sample.jpg"


def readme_blocks(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_python_is_valid() -> None:
    blocks = readme_blocks("python")
    assert blocks
    for block in blocks:
        compile(block, "README.md", "exec")


def test_commands_exist() -> None:
    """Shell blocks parse, and their modules, make targets and flag files are there."""
    blocks = readme_blocks("sh")
    assert blocks
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    for block in blocks:
        subprocess.run(["bash", "-n", "-c", block], check=True)
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["make"]:
                assert words[1] in targets
            if words[:1] == ["tgc"]:
                assert words[1] in tgc.COMMANDS
            if words[:2] == ["python", "-m"] and words[2].startswith(("apps.", "export.")):
                assert (ROOT / f"{words[2].replace('.', '/')}.py").is_file()
            for word in words:
                if word.startswith("--flagfile="):
                    assert (ROOT / word.partition("=")[2]).is_file()


def test_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target


@pytest.fixture
def folder_with_photo(tmp_path: Path) -> Path:
    """Where the examples run: they call the user's picture photo.jpg."""
    if not list(ROOT.glob("tfgan_codec/bundles/mobile*")):
        pytest.skip("no model is shipped in this checkout")
    shutil.copy(SAMPLE, tmp_path / "photo.jpg")
    return tmp_path


def run(command: list[str], folder: Path) -> str:
    """Runs this checkout in another folder: this interpreter is `python`, and `tgc` runs in it."""
    programs = folder / "bin"
    programs.mkdir()
    (programs / "tgc").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tfgan_codec "$@"\n')
    (programs / "tgc").chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def test_python_example_works_as_pasted(folder_with_photo: Path) -> None:
    block = next(block for block in readme_blocks("python") if "import tfgan_codec" in block)
    bpp = float(run([sys.executable, "-c", block], folder_with_photo).split()[0])
    assert 0.09 < bpp <= 0.1
    assert (folder_with_photo / "photo.png").is_file()


def test_pillow_example_works_as_pasted(folder_with_photo: Path) -> None:
    (block,) = (block for block in readme_blocks("python") if "tfgan_codec.pillow" in block)
    assert run([sys.executable, "-c", block], folder_with_photo) == "(768, 512)\n"
    assert (folder_with_photo / "photo.tgc").stat().st_size * 8 <= 0.1 * 768 * 512


def test_commands_work_as_pasted(folder_with_photo: Path) -> None:
    pytest.importorskip("tensorflow")  # one of them searches
    (folder_with_photo / "photos").mkdir()
    shutil.copy(SAMPLE, folder_with_photo / "photos")
    (block,) = (b for b in readme_blocks("sh") if "tgc decompress" in b)
    commands = "\n".join(line for line in block.splitlines() if not line.startswith("pip "))
    output = run(["bash", "-e", "-c", commands], folder_with_photo)
    assert " bpp, quality " in output
    assert (folder_with_photo / "photo.png").is_file()


@pytest.mark.slow
def test_training_example_works_as_pasted(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    (tmp_path / "photos").mkdir()
    shutil.copy(SAMPLE, tmp_path / "photos")
    (block,) = (block for block in readme_blocks("python") if "model.fit" in block)
    assert "d_loss" in run([sys.executable, "-c", block], tmp_path)
