"""The base install, as a user gets it: no TensorFlow, small, and it codes a picture."""

from __future__ import annotations

import os
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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the tracked files, not from what else lies in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    subprocess.run(["git", "clone", "--quiet", ROOT, source], check=True)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


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


def test_codes_a_picture(python: Path, tmp_path: Path) -> None:
    """Runs in a folder of its own, so that only the installed packages can be imported."""

    def run(module: str, *arguments: object) -> None:
        command = [python, "-m", module, *map(str, arguments)]
        subprocess.run(command, check=True, cwd=tmp_path, timeout=120)

    run("apps.compress", SAMPLE, "picture.tgc", "--bpp=0.3")
    run("apps.decompress", "picture.tgc", "picture.png")
    original, decoded = Image.open(SAMPLE), Image.open(tmp_path / "picture.png")
    assert 8 * (tmp_path / "picture.tgc").stat().st_size <= 0.3 * original.width * original.height
    assert decoded.size == original.size
    assert np.ptp(np.asarray(decoded)) > 0


def test_imports_without_the_training_extra(python: Path, tmp_path: Path) -> None:
    code = "import tfgan_codec, sys; sys.exit('tensorflow' in sys.modules)"
    subprocess.run([python, "-c", code], check=True, cwd=tmp_path)
