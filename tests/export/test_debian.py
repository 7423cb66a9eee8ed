"""Tests of what goes into the Debian package; `make test-deb` installs it in a clean tree."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

import tfgan_codec
from export.debian import manual, package, tree, wheels
from tfgan_codec.commands import tgc
from tfgan_codec.errors import UsageError
from tfgan_codec.format import header
from tfgan_codec.pillow import MEDIA_TYPE

DATA = Path(__file__).parents[1] / "data"
MIME = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}


@pytest.fixture(scope="module")
def files() -> dict[str, tree.File]:
    return {each.path: each for each in tree.files()}


def test_everything_is_under_usr(files: dict[str, tree.File]) -> None:
    assert all(path.startswith("usr/") for path in files)
    assert {"usr/bin/tgc", "usr/bin/tgc-open", "usr/bin/tgc-thumbnailer"} <= files.keys()
    assert f"{tree.LIBRARY}/tfgan_codec/bundles/mobile/manifest.json" in files
    assert not any("__pycache__" in path or path.endswith(".tmp") for path in files)
    programs = {path for path, each in files.items() if each.mode == 0o755}
    assert programs == {path for path in files if path.startswith("usr/bin/")}
    for path in programs:
        assert files[path].contents.startswith((b"#!/usr/bin/python3\n", b"#!/bin/sh\n"))
    for name in ("tgc", "tgc-thumbnailer"):  # find their library where it is put
        assert f'"/{tree.LIBRARY}"'.encode() in files[f"usr/bin/{name}"].contents


def _magic(first: bytes) -> bool:
    """Whether the media type's rules accept a file that begins so."""
    root = ElementTree.parse(tree._HERE / "tfgan-codec.xml").getroot()
    (rule,) = root.findall(".//m:magic/m:match", MIME)
    assert (rule.get("type"), rule.get("offset")) == ("string", "0")
    if not first.startswith(rule.get("value", "").encode()):
        return False
    return any(
        first[int(each.get("offset", ""))] & int(each.get("mask", ""), 16)
        == int(each.get("value", ""), 16)
        for each in rule
    )


def test_media_type_is_that_of_the_format() -> None:
    root = ElementTree.parse(tree._HERE / "tfgan-codec.xml").getroot()
    (kind,) = root
    assert kind.get("type") == MEDIA_TYPE
    assert [each.get("pattern") for each in kind.findall("m:glob", MIME)] == ["*.tgc"]
    for version in range(16):
        for flags in (0, 15):
            first = header.MAGIC + bytes([version << 4 | flags, 1, 2])
            assert _magic(first) == (version in (header.VERSION, header.LAYERED, header.TILED))
    assert not _magic(b"TGD\x10")
    for path in sorted(DATA.rglob("*.tgc")):
        assert _magic(path.read_bytes()[:16]), path


def test_desktop_files(files: dict[str, tree.File]) -> None:
    """What is run exists, and for this media type."""
    for path, section in [
        ("usr/share/thumbnailers/tfgan-codec.thumbnailer", "Thumbnailer Entry"),
        ("usr/share/applications/tgc.desktop", "Desktop Entry"),
    ]:
        parsed = configparser.ConfigParser(interpolation=None)
        parsed.read_string(files[path].contents.decode())
        entry = parsed[section]
        assert entry["MimeType"] == f"{MEDIA_TYPE};"
        for key in ("Exec", "TryExec"):
            program = entry[key].split()[0]
            assert f"usr/bin/{Path(program).name}" in files
            assert program.startswith("/") == (section == "Thumbnailer Entry")
    assert entry["Exec"].split()[1:] == ["%f"]
    icon = entry["Icon"]
    svg = files[f"usr/share/icons/hicolor/scalable/apps/{icon}.svg"].contents
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    kind = MEDIA_TYPE.replace("/", "-")
    assert f"usr/share/icons/hicolor/scalable/mimetypes/{kind}.svg" in files


def test_control_fields(files: dict[str, tree.File]) -> None:
    text = package.control(list(files.values()), "amd64")
    fields = dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith(" "))
    assert (fields["Package"], fields["Version"]) == (tree.NAME, tfgan_codec.__version__)
    kilobytes = sum(len(each.contents) for each in files.values()) / 1024
    assert kilobytes <= int(fields["Installed-Size"]) <= kilobytes + len(files)
    assert f"python3 (>= {wheels.PYTHON}~)" in fields["Depends"]
    assert all(len(line) <= 80 for line in text.splitlines() if line.startswith(" "))
    for script in package.SCRIPTS.values():
        assert f"/{tree.LIBRARY}" in script
    # What the portable codec needs is Debian's, or put in.
    setup = (DATA.parents[1] / "setup.cfg").read_text(encoding="utf-8")
    needs = re.search(r"install_requires =\n((?:    .*\n)+)", setup)
    assert needs is not None
    for need in re.findall(r"^    ([\w-]+)", needs[1], re.MULTILINE):
        assert need in wheels.versions() or f"python3-{need}" in fields["Depends"], need


def test_manual_pages() -> None:
    page = manual.page("tgc")
    assert page.startswith('.TH TGC 1 ""')
    for name, about in tgc.COMMANDS.items():
        assert f".B {name}\n{about}\n" in page
        assert f".SS tgc {name}\n" in page
    assert "usage: tgc compress" in page.replace("\\-", "-")
    assert "\n\\&usage: tgc info" in page  # no line of a text begins with a request of man's
    assert ".BR tgc (1)" in manual.page("tgc-thumbnailer")


def test_what_is_taken_of_wheels(tmp_path: Path) -> None:
    names = [
        "ai_edge_litert/interpreter.py",
        "ai_edge_litert/tools/x.py",
        "pillow.libs/",
        "a/LICENSE",
    ]
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        for name in names:
            archive.writestr(name, name)
    taken = {
        each.path
        for pattern in wheels._TAKEN.values()
        for each in wheels._of_wheel(tmp_path / "a.whl", pattern)
    }
    assert taken == {f"{tree.LIBRARY}/{name}" for name in (names[0], names[3])}


@pytest.mark.skipif(os.name == "nt", reason="a script for sh")
def test_thumbnailer_and_opener_say_how_they_are_called(tmp_path: Path) -> None:
    for name in ("tgc-thumbnailer", "tgc-open"):
        script = tree._HERE / name
        run = ["sh" if name == "tgc-open" else shutil.which("python3") or "python3", str(script)]
        done = subprocess.run(run, capture_output=True, text=True, timeout=60)
        assert done.returncode == 2
        assert f"usage: {name} FILE" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a script for Linux")
def test_thumbnails(tmp_path: Path) -> None:
    script = [sys.executable, str(tree._HERE / "tgc-thumbnailer")]
    photo = DATA.parents[1] / "conformance" / "mobile" / "photo.tgc"
    made = tmp_path / "made.png"
    subprocess.run([*script, str(photo), str(made), "64"], check=True, timeout=120)
    with Image.open(made) as image:
        assert (image.format, max(image.size)) == ("PNG", 64)
    bad = tmp_path / "bad.tgc"
    bad.write_bytes(photo.read_bytes()[:-1])
    done = subprocess.run([*script, str(bad), str(made), "64"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("tgc-thumbnailer: ")
    assert done.stderr.count("\n") == 1


def test_without_dpkg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UsageError, match="dpkg-deb is needed"):
        package.build(tmp_path / "dist")
    assert not (tmp_path / "dist").exists()
