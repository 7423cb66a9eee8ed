"""Fetches the Python packages that are put into the Debian package, as Debian has none that fit."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from export.debian.tree import LIBRARY, File
from tfgan_codec.errors import UsageError

PYTHON = "3.11"  # of Debian 12
_LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"
# What is taken of each. Of LiteRT not what compiles for accelerators, two thirds of it.
_TAKEN = {
    "absl-py": re.compile(r"absl/(?!testing/).*\.py|.*/LICENSE"),
    "ai-edge-litert": re.compile(
        r"ai_edge_litert/(__init__|interpreter|metrics_interface|metrics_portable)\.py"
        r"|ai_edge_litert/(_pywrap_litert_interpreter_wrapper|libpywrap_litert_common)\.so"
        r"|.*/LICENSE"
    ),
    "pillow": re.compile(r"PIL/.*\.(py|so)|pillow\.libs/.+|.*/LICENSE"),
}


def versions() -> dict[str, str]:
    """Returns the version of each package, as requirements.lock has it."""
    lock = dict(re.findall(r"^([\w.-]+)==(\S+)$", _LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    return {name: lock[name] for name in _TAKEN}


def files() -> Iterator[File]:
    """Yields the files to put in; `UsageError` where a package cannot be fetched."""
    for name, version in versions().items():
        with tempfile.TemporaryDirectory() as folder:
            yield from _of_wheel(_fetched(name, version, Path(folder)), _TAKEN[name])


def _fetched(name: str, version: str, folder: Path) -> Path:
    """Returns the wheel of a package, fetched into a folder."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download"]
    command += ["--no-deps", "--only-binary=:all:", f"--python-version={PYTHON}"]
    done = subprocess.run(
        [*command, f"--dest={folder}", f"{name}=={version}"], capture_output=True, text=True
    )
    if done.returncode:
        reason = (done.stderr.strip() or "pip says nothing").splitlines()[-1]
        raise UsageError(f"{name} {version} cannot be fetched: {reason}")
    return next(folder.glob("*.whl"))


def _of_wheel(wheel: Path, taken: re.Pattern[str]) -> Iterator[File]:
    with zipfile.ZipFile(wheel) as archive:
        for member in sorted(archive.namelist()):
            if taken.fullmatch(member):
                yield File(f"{LIBRARY}/{member}", archive.read(member))
