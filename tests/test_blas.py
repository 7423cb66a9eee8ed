"""One thread for NumPy's products, where they would take the cores from other work."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tfgan_codec import blas
from tfgan_codec.batch import pool
from tfgan_codec.batch.settings import Settings
from tfgan_codec.commands import info, tgc

_THREADS = "import numpy, os; print(len(os.listdir('/proc/self/task')))"
linux = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="Linux's /proc")


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in blas.VARIABLES:
        monkeypatch.delenv(name, raising=False)


def threads() -> int:
    """How many threads a process has after it has imported NumPy."""
    command = [sys.executable, "-c", _THREADS]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


@linux
def test_processes_that_are_started_meanwhile_have_one_thread() -> None:
    before = dict(os.environ)
    with blas.one_thread():
        assert threads() == 1
    assert dict(os.environ) == before


def test_what_a_user_has_chosen_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    with blas.one_thread():
        assert os.environ["OPENBLAS_NUM_THREADS"] == "2"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"


@linux
def test_processes_of_a_batch_have_one_thread() -> None:
    worker = pool._Worker(Settings(), "")
    (process,) = multiprocessing.active_children()
    place = Path(f"/proc/{process.pid}")
    # Until the new program is in its place, these are the parent's, or empty.
    while b"spawn_main" not in (place / "cmdline").read_bytes():
        assert process.is_alive()
    while not (variables := (place / "environ").read_bytes()):
        assert process.is_alive()
    worker.close()
    assert {f"{name}=1".encode() for name in blas.VARIABLES} <= set(variables.split(b"\0"))


def test_commands_run_with_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(info, "main", lambda *_: int(os.environ["OPENBLAS_NUM_THREADS"]))
    assert tgc.run("info", "tgc info") == 1
