"""The base install, as a user gets it: no TensorFlow, small, and it codes a picture."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "apps" / "assets" / "sample.jpg"
LARGEST = 250e6  # bytes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def build(source: Path, folder: Path) -> Path:
    """Builds the wheel of a project."""
    options = ["--wheel", "--no-isolation", "--outdir", folder, source]
    subprocess.run([sys.executable, "-m", "build", *options], check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files, without what else lies in the checkout."""
    source = tmp_path_factory.mktemp("source") / "source"
    subprocess.run(["git", "clone", "--quiet", ROOT, source], check=True)
    return source


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "-c", ROOT / "requirements.lock", wheel], check=True)
    return python


def test_is_small_and_has_no_tensorflow(python: Path) -> None:
    (packages,) = python.parent.parent.glob("lib/python*/site-packages")
    size = sum(path.stat().st_size for path in packages.rglob("*") if path.is_file())
    assert size < LARGEST
    assert not list(packages.glob("tensorflow*"))
    assert not list(packages.glob("keras*"))


def run(folder: Path, *command: object) -> str:
    """Runs an installed program in a folder, so that of this checkout nothing can be imported."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    return done.stdout


def code_a_picture(folder: Path, *program: object) -> None:
    """Calls every command of `tgc`, which is started as `program` says."""
    assert run(folder, *program, "models").splitlines()[1].split()[0] == "mobile"
    run(folder, *program, "compress", SAMPLE, "picture.tgc", "--bpp=0.3")
    facts = json.loads(run(folder, *program, "info", "picture.tgc"))
    run(folder, *program, "decompress", "picture.tgc", "picture.png")
    original, decoded = Image.open(SAMPLE), Image.open(folder / "picture.png")
    assert (facts["model"], facts["width"]) == ("mobile", original.width)
    size = (folder / "picture.tgc").stat().st_size
    assert 8 * size <= 0.3 * original.width * original.height
    assert decoded.size == original.size
    assert np.ptp(np.asarray(decoded)) > 0
    assert "AVIF" in run(folder, *program, "demo", SAMPLE)
    assert (folder / "demo.png").is_file()


def test_the_shell(python: Path, tmp_path: Path) -> None:
    """The version that was installed, files without names for their results, and a pipe."""
    tgc = python.parent / "tgc"
    setup = (ROOT / "tfgan_codec/__init__.py").read_text(encoding="utf-8")
    version = re.search(r'__version__ = "(.*)"', setup)[1]
    assert run(tmp_path, tgc, "--version") == f"tgc {version}\n"
    told = "import importlib.metadata as m; print(m.version('tfgan_codec'))"
    assert run(tmp_path, python, "-c", told) == f"{version}\n"
    for name in ("a.jpg", "b.jpg"):
        shutil.copy(SAMPLE, tmp_path / name)
    pipe = f'"{tgc}" compress *.jpg && cat a.tgc | "{tgc}" decompress - - >a.png'
    run(tmp_path, "bash", "-c", pipe)
    assert Image.open(tmp_path / "a.png").size == Image.open(SAMPLE).size
    assert (tmp_path / "b.jpg").read_bytes() == SAMPLE.read_bytes()


def test_the_wheel_of_further_models(python: Path, source: Path, tmp_path: Path) -> None:
    """Each codes a picture from an empty folder, without TensorFlow; files name their model."""
    tgc = python.parent / "tgc"
    assert len(json.loads(run(tmp_path, tgc, "models", "--json"))) == 1
    wheel = build(source / "models", tmp_path)
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--no-deps", wheel], check=True)
    wheel.unlink()
    names = [facts["model"] for facts in json.loads(run(tmp_path, tgc, "models", "--json"))]
    assert names[0] == "mobile"
    assert len(names) > 1
    for name in names[1:]:
        run(tmp_path, tgc, "compress", SAMPLE, f"{name}.tgc", f"--model={name}")
        assert json.loads(run(tmp_path, tgc, "info", f"{name}.tgc"))["model"] == name
        run(tmp_path, tgc, "decompress", f"{name}.tgc", f"{name}.png")
        assert Image.open(tmp_path / f"{name}.png").size == Image.open(SAMPLE).size
        run(tmp_path, tgc, "demo", SAMPLE, f"--model={name}")
    subprocess.run([*pip, "uninstall", "--yes", "tfgan_codec_models"], check=True)


def write_rivals(folder: Path) -> None:
    """Packages with the names of ours, which nobody can import."""
    for name in ("apps", "export"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(f"raise ImportError('not our {name}')")


def test_codes_a_picture(python: Path, tmp_path: Path) -> None:
    code_a_picture(tmp_path, python.parent / "tgc")


def test_the_former_commands_code_a_picture(python: Path, tmp_path: Path) -> None:
    run(tmp_path, python, "-m", "apps.compress", SAMPLE, "picture.tgc", "--bpp=0.3")
    run(tmp_path, python, "-m", "apps.decompress", "picture.tgc", "picture.png")
    assert Image.open(tmp_path / "picture.png").size == Image.open(SAMPLE).size


@pytest.mark.parametrize("program", [("tgc",), ("python", "-m", "tfgan_codec")])
def test_folders_of_the_user_do_not_disturb(
    program: tuple[str, ...], python: Path, tmp_path: Path
) -> None:
    write_rivals(tmp_path)
    code_a_picture(tmp_path, python.parent / program[0], *program[1:])


def test_another_package_of_the_same_names_does_not_disturb(
    python: Path, wheel: Path, tmp_path: Path
) -> None:
    rival, folder = tmp_path / "rival", tmp_path / "folder"
    rival.mkdir()
    folder.mkdir()
    write_rivals(rival)
    (rival / "setup.cfg").write_text(
        "[metadata]\nname = rival\nversion = 1\n[options]\npackages = apps, export\n"
    )
    (rival / "pyproject.toml").write_text('[build-system]\nrequires = ["setuptools"]\n')
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    try:
        subprocess.run([*pip, "install", build(rival, tmp_path)], check=True)
        with pytest.raises(subprocess.CalledProcessError):
            run(folder, python, "-m", "apps.info", "--help")
        code_a_picture(folder, python.parent / "tgc")
    finally:
        subprocess.run([*pip, "uninstall", "--yes", "rival"], check=True)
        subprocess.run([*pip, "install", "--force-reinstall", "--no-deps", wheel], check=True)


def test_imports_without_the_training_extra(python: Path, tmp_path: Path) -> None:
    code = "import tfgan_codec, sys; sys.exit('tensorflow' in sys.modules)"
    run(tmp_path, python, "-c", code)
