"""Which implementation runs, and which Keras."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import architecture
import pytest

pytest.importorskip("tensorflow")

from tfgan_codec.compression import choice
from tfgan_codec.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = importlib.util.find_spec("tensorflow_compression") is not None
TRAINING = [
    room
    for room in sorted({room for room, _ in architecture.sources(ROOT)})
    if (ROOT / "tfgan_codec" / room).is_dir()
    and not architecture.is_portable(ROOT, room)
    and room not in ("commands", "doctor")
]


def test_the_reference_runs_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(choice.VARIABLE, raising=False)
    assert choice.choose() == (choice.TFC if INSTALLED else choice.OWN)
    monkeypatch.setattr(choice.importlib.util, "find_spec", lambda _: None)
    assert choice.choose() == choice.OWN


def test_the_environment_insists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(choice.VARIABLE, "own")
    assert choice.choose() == choice.OWN
    monkeypatch.setenv(choice.VARIABLE, "tfc")
    monkeypatch.setattr(choice.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="which is not installed"):
        choice.choose()
    monkeypatch.setenv(choice.VARIABLE, "jax")
    with pytest.raises(UsageError, match="neither tfc nor own"):
        choice.choose()


def test_our_own_is_complete_without_the_reference() -> None:
    """All names of the door, from plain TensorFlow."""
    code = (
        "import sys\n"
        "for name in ('tensorflow_compression', 'tensorflow_probability'):\n"
        "    sys.modules[name] = None\n"
        "from tfgan_codec import compression\n"
        "assert compression.RUNS == 'own'\n"
        "for name in compression.__all__:\n"
        "    assert getattr(compression, name) is not None\n"
        "    assert not hasattr(compression, 'tfc')\n"
    )
    assert _run(code, TFGAN_COMPRESSION="own").returncode == 0


@pytest.mark.parametrize("room", TRAINING)
def test_every_room_of_the_training_library_asks_for_keras_2(room: str) -> None:
    names = {each.name for each in architecture.imports(ROOT / f"tfgan_codec/{room}/__init__.py")}
    assert "tfgan_codec.keras2" in names


def test_tensorflow_may_be_imported_before_but_not_keras_3() -> None:
    before = (
        "import tensorflow as tf\n{use}\nfrom tfgan_codec import models\nmodels.build('mobile')"
    )
    environment = {"TF_USE_LEGACY_KERAS": "0", "TFGAN_COMPRESSION": ""}
    assert _run(before.format(use=""), **environment).returncode == 0
    code = "import tensorflow as tf\ntf.keras.__version__ = '3.0.0'\nimport tfgan_codec.keras2"
    done = _run(code, TF_USE_LEGACY_KERAS="1")
    assert done.returncode == 1
    assert "this program uses Keras 3 already" in done.stderr.splitlines()[-1]


def _run(code: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
