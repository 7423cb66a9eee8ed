"""Tests of writing files: whole or not at all, with the right mode, and over none of value."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
import sample_pictures

import tfgan_codec as tgc
from tfgan_codec import outputs
from tfgan_codec.description import BUNDLE, TGC
from tfgan_codec.errors import ImageError, TgcError, UsageError
from tfgan_codec.pictures import writing

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX files")


def test_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        outputs.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    outputs.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_follows_links(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    outputs.write(link, b"data")
    assert link.is_symlink()
    assert target.read_bytes() == b"data"
    outputs.write("/dev/null", b"data")
    assert not os.path.isfile("/dev/null")


@posix
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_a_new_file_follows_the_umask(umask: int, tmp_path: Path) -> None:
    former = os.umask(umask)
    try:
        outputs.write(tmp_path / "file", b"data")
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o666 & ~umask


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_a_replaced_file_keeps_its_mode(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(mode)
    seen = []
    opened = os.open

    def watched(name: str, how: int, asked: int) -> int:
        seen.append(asked)
        return opened(name, how, asked)

    monkeypatch.setattr(os, "open", watched)
    outputs.write(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert path.read_bytes() == b"new"
    assert seen == [0o600]  # private from its first moment


@posix
def test_a_write_protected_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.tgc"
    path.write_bytes(b"")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everything
    for call in (lambda: outputs.write(path, b"new"), lambda: outputs.check(path, TGC)):
        with pytest.raises(ImageError, match="it is write-protected"):
            call()
    assert path.read_bytes() == b""


def contents_of(kind: str, tiny: tgc.Codec) -> bytes:
    picture = sample_pictures.image(16, 16)
    if kind == "tgc":
        return tiny.compress(picture)
    if kind == "text":
        return b"TGC is an acronym\n"
    return sample_pictures.encoded(picture, kind) if kind else b""


@pytest.mark.parametrize(
    ("name", "content", "allowed"),
    [
        ("new.tgc", None, True),
        ("new", None, True),
        ("new.TGC", None, True),
        ("new.jpg", None, False),
        ("new.txt", None, False),
        ("a.tgc", "tgc", True),
        ("a", "tgc", True),
        ("a.jpg", "tgc", False),
        ("a.tgc", "JPEG", False),
        ("a.tgc", "text", False),
        ("a", "PNG", False),
        ("a.tgc", "", True),
    ],
)
def test_what_a_tgc_file_replaces(
    name: str, content: str | None, allowed: bool, tiny: tgc.Codec, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(contents_of(content, tiny))
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    if allowed:
        outputs.check(path, TGC)
    else:
        with pytest.raises(UsageError, match="--overwrite"):
            outputs.check(path, TGC)
    outputs.check(path, TGC, overwrite=True)
    if content:
        with pytest.raises(UsageError, match="--overwrite"):
            outputs.check(path, TGC, named=False)
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "content", "allowed"),
    [
        ("new.png", None, True),
        ("a.png", "PNG", True),
        ("a.png", "JPEG", False),
        ("a.jpg", "JPEG", True),
        ("a.png", "tgc", False),
        ("a.webp", "WEBP", True),
        ("a.webp", "text", False),
        ("a.pdf", "text", False),
    ],
)
def test_what_a_picture_replaces(
    name: str, content: str | None, allowed: bool, tiny: tgc.Codec, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(contents_of(content, tiny))
    kind = writing.kind_of(path)
    if allowed:
        outputs.check(path, kind)
    else:
        with pytest.raises(UsageError, match="replace it with --overwrite"):
            outputs.check(path, kind)
    outputs.check(path, kind, overwrite=True)


def test_what_cannot_be_written_is_told_before_the_work(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "folder.tgc").mkdir()
    with pytest.raises(ImageError, match="Is a directory"):
        outputs.check(tmp_path / "folder.tgc", TGC)
    with pytest.raises(ImageError, match=r"there is no folder .*no; make it first"):
        outputs.check(tmp_path / "no" / "a.tgc", TGC)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(TgcError, match="Read-only file system"):
        outputs.check(tmp_path / "a.tgc", TGC)
    assert [p.name for p in tmp_path.iterdir()] == ["folder.tgc"]


def test_what_a_folder_may_hold(tiny_dir: Path, tmp_path: Path) -> None:
    ours, other, empty = tmp_path / "ours", tmp_path / "other", tmp_path / "empty"
    shutil.copytree(tiny_dir, ours)
    (ours / "gains.npz").write_bytes(b"damaged")
    for folder in (other, empty):
        folder.mkdir()
    (other / "manifest.json").write_text('{"name": "a web page"}')
    for allowed in (ours, empty, tmp_path / "new"):
        outputs.check_folder(allowed, BUNDLE)
    with pytest.raises(UsageError, match=r"is not a bundle; write there with --overwrite"):
        outputs.check_folder(other, BUNDLE)
    outputs.check_folder(other, BUNDLE, overwrite=True)
    with pytest.raises(UsageError, match="is a file; name a folder"):
        outputs.check_folder(other / "manifest.json", BUNDLE, overwrite=True)
