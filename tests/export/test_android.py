"""Tests of what feeds and checks the Android demo; the Java tests run with `make test-java`."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from export.android import check_apk, elf
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.errors import BundleError

program = importlib.import_module("export.android.__main__")
ANDROID = Path(program.__file__).parent


def test_export(tiny_dir: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The assets are a whole bundle, and nothing of the one before stays."""
    shutil.copytree(tiny_dir, tmp_path / "bundle")
    (tmp_path / "bundle" / "old.tflite").touch()
    assert program.main(["android", f"--model={tiny_dir}", f"--out={tmp_path}"]) == 0
    size = sum(path.stat().st_size for path in (tmp_path / "bundle").iterdir())
    assert capfd.readouterr().out == f"{tmp_path / 'bundle'}: {size} bytes\n"
    assert {p.name for p in (tmp_path / "bundle").iterdir()} == {p.name for p in tiny_dir.iterdir()}
    assert Bundle.load(tmp_path / "bundle").model_id == Bundle.load(tiny_dir).model_id


def test_only_a_bundle_is_replaced(tiny_dir: Path, tmp_path: Path, capfd) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "manifest.json").write_text("{}")
    arguments = ["android", f"--model={tiny_dir}", f"--out={tmp_path}"]
    assert program.main(arguments) == 1
    assert "is not a bundle; write there with --overwrite" in capfd.readouterr().err
    assert [file.name for file in (tmp_path / "bundle").iterdir()] == ["manifest.json"]
    assert program.main([*arguments, "--overwrite"]) == 0
    assert Bundle.load(tmp_path / "bundle").model_id == Bundle.load(tiny_dir).model_id


@pytest.mark.skipif(os.name == "nt", reason="a script for bash")
@pytest.mark.parametrize(
    ("apt", "typed", "installs"),
    [
        ("", None, False),
        ("yes", None, True),
        ("no", "y\n", False),
        ("", "y\n", True),
        ("", "\n", False),
    ],
)
def test_packages_are_installed_only_by_consent(
    apt: str, typed: str | None, installs: bool, tmp_path: Path
) -> None:
    """typed: what the person at the terminal answers; None where nobody is there."""
    for name, text in (("apt-get", f'echo "$@" >>{tmp_path}/log'), ("id", "echo 0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    done = _ask(
        ["bash", ANDROID / "packages.sh", "no-such-command:a-package"], apt, typed, tmp_path
    )
    assert (done.returncode == 0) == installs
    log = tmp_path / "log"
    asked = "install -y --no-install-recommends a-package\n"
    assert (log.read_text() if log.exists() else "") == (asked if installs else "")
    if not installs:
        assert "a-package" in done.stderr
        assert "APT=yes" in done.stderr


def _ask(
    command: list[object], apt: str, typed: str | None, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Runs a command with other programs first in PATH, at a terminal where something is typed."""
    import pty

    ours, theirs = pty.openpty()
    try:
        os.write(ours, (typed or "").encode())
        return subprocess.run(
            list(map(str, command)),
            stdin=subprocess.DEVNULL if typed is None else theirs,
            env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "APT": apt},
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        os.close(ours)
        os.close(theirs)


def test_wrong_calls(tiny_dir: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert program.main(["android"]) == 2
    assert "--out is required" in capfd.readouterr().err
    assert program.main(["android", "--model=none", f"--out={tmp_path}"]) == 1
    assert "no model 'none'" in capfd.readouterr().err
    (tmp_path / "file").touch()
    with pytest.raises(BundleError, match="cannot write"):
        program.export(str(tiny_dir), tmp_path / "file")


def test_both_builds_make_the_same_app() -> None:
    """What Gradle is told and what the script does without Gradle."""
    gradle = (ANDROID / "app/build.gradle").read_text(encoding="utf-8")
    script = (ANDROID / "build_apk.sh").read_text(encoding="utf-8")
    fetched = (ANDROID / "fetch.sh").read_text(encoding="utf-8")
    for here, there in [
        (r"minSdkVersion (\d+)", r"\nMIN_SDK=(\d+)"),
        (r"targetSdkVersion (\d+)", r"\nTARGET_SDK=(\d+)"),
        (r"versionCode (\d+)", r"\nVERSION_CODE=(\d+)"),
        (r'versionName "(.*)"', r"\nVERSION_NAME=(.*)"),
        (r'applicationId "(.*)"', r"\npackage=(.*)"),
    ]:
        assert re.search(here, gradle)[1] == re.search(there, script)[1]
    version = re.search(r'version = "([\d.]+)"', gradle)[1]
    assert re.findall(r"tensorflow-lite(?:-api)?:([\d.]+):aar", fetched) == [version, version]
    abis = re.search(r"abiFilters (.*)", gradle)[1]
    assert tuple(re.findall(r'"(.*?)"', abis)) == check_apk.ABIS


def test_dex_tables() -> None:
    """One class that names two others and a number, laid out by hand."""
    names = [b"La/B;", b"[Lc/D;", b"I", b"Ljava/lang/Object;"]
    strings, types = 0x70, 0x70 + 16
    classes, at = types + 16, types + 16 + 32
    header = bytearray(b"dex\n035\0" + bytes(0x68))
    struct.pack_into("<IIII", header, 0x38, 4, strings, 4, types)
    struct.pack_into("<II", header, 0x60, 1, classes)
    offsets, text = b"", b""
    for name in names:
        offsets += struct.pack("<I", at + len(text))
        text += bytes([len(name)]) + name + b"\0"
    data = bytes(header) + offsets + struct.pack("<4I", 0, 1, 2, 3) + bytes(32) + text
    dex = check_apk.read_dex(data)
    assert dex == ({"a.B"}, {"a.B", "c.D", "java.lang.Object"})
    with pytest.raises(ValueError, match="not a .dex"):
        check_apk.read_dex(b"PK\3\4" + bytes(200))


def _library(wide: bool, *alignments: int) -> bytes:
    """An ELF file with a note and segments to load of these alignments."""
    at, size = (64, 56) if wide else (52, 32)
    data = bytearray(at)
    data[:6] = b"\x7fELF" + bytes([2 if wide else 1, 1])
    struct.pack_into("<Q" if wide else "<I", data, 32 if wide else 28, at)
    struct.pack_into("<HH", data, 54 if wide else 42, size, 1 + len(alignments))
    for kind, alignment in [(4, 4), *((1, each) for each in alignments)]:
        segment = bytearray(size)
        struct.pack_into("<I", segment, 0, kind)
        struct.pack_into("<Q" if wide else "<I", segment, 48 if wide else 28, alignment)
        data += segment
    return bytes(data)


def test_alignment_of_native_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    assert elf.page_alignment(_library(True, 0x4000, 0x10000)) == 0x4000
    assert elf.page_alignment(_library(False, 0x4000, 0x1000)) == 0x1000
    for bad in (b"", b"MZ" + bytes(100), _library(True), _library(True, 0x4000)[:-20]):
        with pytest.raises(ValueError, match="ELF file"):
            elf.page_alignment(bad)
    libraries = {
        "lib/arm64-v8a/liba.so": _library(True, 0x4000),
        "lib/arm64-v8a/libb.so": _library(True, 0x1000),
        "lib/x86_64/liba.so": _library(True, 0x1000),
    }
    found = check_apk.small_pages(libraries)
    assert [problem.split(" has ")[0] for problem in found] == ["lib/arm64-v8a/libb.so"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "lib/arm64-v8a/liba.so: p_align 0x4000"
    assert len(lines) == 3
