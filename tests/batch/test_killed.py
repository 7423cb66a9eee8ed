"""A batch that is killed at random moments and gone on with ends as if nothing had been."""

from __future__ import annotations

import functools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sample_pictures

import tfgan_codec as tgc

if sys.platform == "win32":
    pytest.skip("processes are killed by signals", allow_module_level=True)

import resource

ROOT = Path(__file__).resolve().parents[2]
KILLS, PICTURES = 20, 240
PATIENCE = 60  # seconds for what takes one or two on a machine that is not busy


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with small pictures, no two alike, in two folders."""
    folder = tmp_path / "photos"
    for number in range(PICTURES):
        path = folder / ("even", "odd")[number % 2] / f"{number:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        sample_pictures.image(64, 48, seed=number).save(path)
    return folder


def command(photos: Path, out: Path, model: Path, *flags: str) -> list[str]:
    program = [sys.executable, "-m", "apps.batch", str(photos), str(out), "--recursive"]
    return [*program, "--jobs=2", "--quality=60", f"--model={model}", "--resume", *flags]


def tree(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def lines(out: Path) -> int:
    manifest = out / "manifest.jsonl"
    return manifest.read_bytes().count(b"\n") if manifest.exists() else 0


@pytest.mark.slow
def test_killed_twenty_times(photos: Path, tmp_path: Path, tiny_dir: Path) -> None:
    """By turns the program alone, with its processes, or one of these, which it outlives."""
    whole, out = tmp_path / "whole", tmp_path / "out"
    subprocess.run(command(photos, whole, tiny_dir), cwd=ROOT, check=True, capture_output=True)
    chance, killed = random.Random(1), 0
    while killed < KILLS:
        goal = lines(out) + chance.randrange(PICTURES // KILLS)
        process = subprocess.Popen(
            command(photos, out, tiny_dir),
            cwd=ROOT,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while lines(out) < goal and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.02))
        if killed % 3 == 0:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        assert process.wait() == -signal.SIGKILL, "it was done before: too few pictures"
        killed += 1
        for path in out.rglob("*.tgc"):  # at any moment what has a name is whole
            assert path.read_bytes() == (whole / path.relative_to(out)).read_bytes()
    finished = subprocess.run(
        command(photos, out, tiny_dir, "--verify"), cwd=ROOT, check=True, capture_output=True
    )
    assert b" kept, 0 failed: " in finished.stdout
    subprocess.run(command(photos, whole, tiny_dir, "--verify"), cwd=ROOT, check=True)
    assert wait_for_orphans(out) == tree(whole)
    assert lines(out) == PICTURES
    codec = tgc.load(tiny_dir)
    assert all(codec.decompress(path).size == (64, 48) for path in out.rglob("*.tgc"))


def wait_for_orphans(out: Path) -> dict[str, bytes]:
    """Returns a folder's files once the processes of killed programs have seen that they are
    alone."""
    deadline = time.monotonic() + PATIENCE
    while any(out.rglob(".*")) and time.monotonic() < deadline:
        time.sleep(0.1)
    return tree(out)


def test_a_process_that_is_killed_costs_nothing(
    photos: Path, tmp_path: Path, tiny_dir: Path
) -> None:
    out = tmp_path / "out"
    for path in sorted(photos.rglob("*.png"))[20:]:
        path.unlink()
    process = subprocess.Popen(
        command(photos, out, tiny_dir), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    while lines(out) < 2 and process.poll() is None:
        time.sleep(0.002)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not tell a process's children")
    for child in map(int, children.read_text().split()):
        if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text():
            os.kill(child, signal.SIGKILL)
            break
    told = process.communicate()[0]
    assert process.returncode == 0
    assert told.startswith("20 made, 0 kept, 0 failed")


@pytest.mark.parametrize("after", [0, 5])
def test_ctrl_c(after: int, photos: Path, tmp_path: Path, tiny_dir: Path) -> None:
    """It comes to all processes of a terminal, perhaps while they start. (What a shell starts in
    the background ignores it, and so do these tests then, and what they start.)"""
    out = tmp_path / "out"
    process = subprocess.Popen(
        command(photos, out, tiny_dir),
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and not (out.exists() and lines(out) >= after):
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGINT)
    told, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, told, errors) == (130, "", "tfgan_codec: interrupted\n")
    assert after <= lines(out) < PICTURES
    named = len(list(out.rglob("*.tgc")))  # after their lines, one of each of two processes at most
    assert lines(out) - 2 <= named <= lines(out)
    assert not any(out.rglob(".*"))


_FIRST_WORKER = """
import multiprocessing, re
from tfgan_codec.batch import pool
from tfgan_codec.batch.settings import Settings
if __name__ == "__main__":
    worker = pool._Worker(Settings(), "")
    (process,) = multiprocessing.active_children()
    status = open(f"/proc/{process.pid}/status").read()
    worker.close()
    print(int(re.search(r"SigBlk:\\s+(\\w+)", status)[1], 16))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux's /proc")
def test_the_first_process_too_has_ctrl_c_held() -> None:
    """From its very start, when it could not say in a line that it was interrupted."""
    done = subprocess.run([sys.executable, "-c", _FIRST_WORKER], cwd=ROOT, capture_output=True)
    assert int(done.stdout) >> (signal.SIGINT - 1) & 1


def test_a_disk_that_fills_ends_it_in_a_line(photos: Path, tmp_path: Path, tiny_dir: Path) -> None:
    """Here no file may grow beyond four lines of the manifest. Gone on with, it ends well."""
    for path in sorted(photos.rglob("*.png"))[12:]:
        path.unlink()
    out, whole = tmp_path / "out", tmp_path / "whole"
    filled = subprocess.run(
        command(photos, out, tiny_dir),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)),
    )
    assert filled.returncode == 1
    assert filled.stderr.count("\n") == 1
    assert "manifest.jsonl: File too large; mend that and resume" in filled.stderr
    assert not any(out.rglob(".*"))
    subprocess.run(command(photos, whole, tiny_dir), cwd=ROOT, check=True)
    subprocess.run(command(photos, out, tiny_dir), cwd=ROOT, check=True)
    assert tree(out) == tree(whole)
