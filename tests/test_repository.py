"""The rules of the house that a machine can check."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path

import architecture
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PORTABLE = [
    *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("tfgan_codec/*.py")),
    *(
        file.relative_to(ROOT).as_posix()
        for room, file in architecture.sources(ROOT)
        if room in ("batch", "bundle", "coding", "commands", "format", "specs")
    ),
    *(f"tfgan_codec/metrics/{name}.py" for name in ("__init__", "psnr", "ssim")),
]
COMMANDS = sorted(
    f"{path.parent.name}.{path.stem}"
    for path in [*ROOT.glob("apps/*.py"), *ROOT.glob("export/*.py")]
    if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
)
# What the base install brings, by import name; the standard library is allowed as well.
BASE = {"PIL", "absl", "ai_edge_litert", "numpy", "tfgan_codec", "tqdm"}
# Used where they are there: for --config files in YAML, and for further models.
OPTIONAL = {"yaml", "tfgan_codec_models"}
# The locks, each with a Python that it is for.
LOCKS = {"requirements.lock": "3.11", "requirements-tf2x.lock": "3.13"}
LARGEST = 1_000_000  # bytes of a tracked file, bundles aside
LARGEST_BUNDLE = 12_000_000


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    if listing.returncode:
        pytest.skip("this is not a git checkout")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).exists()]


@pytest.mark.parametrize("name", PORTABLE)
def test_portable_modules_import_the_base_install_only(name: str) -> None:
    """Everywhere in the file, functions included: a lazy import is one all the same."""
    found = {each.name.partition(".")[0] for each in architecture.imports(ROOT / name)}
    assert found <= BASE | OPTIONAL | architecture.standard_library()


@pytest.mark.parametrize("module", COMMANDS)
def test_commands_explain_themselves(module: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", module, "--help"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    text = run.stdout + run.stderr
    assert run.returncode in (0, 1)  # absl ends --help with 1
    assert "Traceback" not in text
    assert f"python -m {module}" in text  # how to call it
    flags = re.findall(r"^  --\w.*", text, re.M)
    assert flags
    for line in flags:  # no name is glued to its text, and absl's own words to no text of ours
        assert re.fullmatch(r"  --[a-z0-9_]+(  +\S.*)?", line), line
    assert "repeat this option" not in text


def test_tracked_files_are_small() -> None:
    def limit(path: Path) -> int:
        named = path.as_posix()
        bundle = "tfgan_codec/bundles/" in named or "/candidates/" in named or "/models/" in named
        return LARGEST_BUNDLE if bundle else LARGEST

    large = [path.name for path in tracked_files() if path.stat().st_size > limit(path)]
    assert not large


@pytest.mark.parametrize(("lock", "python"), LOCKS.items())
def test_lock_satisfies_every_extra(lock: str, python: str) -> None:
    """The lock holds one exact version of all that setup.cfg asks for, in its range."""
    locked = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, version = line.partition(";")[0].strip().partition("==")
            locked[canonicalize_name(name)] = version
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = dict(setup["options.extras_require"])
    # Gigabytes that only machines with a GPU install: exact versions stand in setup.cfg itself, or
    # in TensorFlow's own extra.
    for line in extras.pop("gpu").strip().split("\n")[1:]:
        asked = Requirement(line)
        assert "==" in str(asked.specifier) or "and-cuda" in asked.extras, line
    asked = [setup["options"]["install_requires"], *extras.values()]
    for line in "\n".join(asked).split("\n"):
        if line and not line.startswith("tfgan_codec["):  # another extra, which is here too
            requirement = Requirement(line)
            marker = requirement.marker
            if marker and not marker.evaluate({"python_version": python}):
                continue
            version = locked.get(canonicalize_name(requirement.name))
            assert version, f"{line} is not in {lock}"
            assert requirement.specifier.contains(version, prereleases=True), line


def test_lock_and_settings_name_no_package_index() -> None:
    """Where packages come from is the machine's business."""
    for name in (*LOCKS, "setup.cfg", "pyproject.toml", "Makefile", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"index-url|find-links|https?://", text), name
