"""Whole folders: what is made, kept, refused and told; each result whole or not there."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest
import sample_pictures
from PIL import Image

import tfgan_codec as tgc
from apps import batch as app
from tfgan_codec.batch import manifest, pool, sources, staging
from tfgan_codec.batch.coder import Coder
from tfgan_codec.batch.settings import DECOMPRESS, Settings
from tfgan_codec.batch.work import Task, do
from tfgan_codec.errors import ImageError
from tfgan_codec.pictures import opening

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX files")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with a tree of three pictures, a broken one, and what is none."""
    folder = tmp_path / "photos"
    for number, name in enumerate(("a.png", "sub/b.png", "sub/deep/c.png")):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        sample_pictures.image(48 + 16 * number, 40, seed=number).save(folder / name)
    (folder / "sub" / "bad.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("none either")
    (folder / ".hidden.png").write_bytes(b"a thumbnail")
    return folder


@pytest.fixture
def batch(tiny_dir: Path, capfd: pytest.CaptureFixture[str]):
    """Calls the program with the tiny model; returns its status, output and errors."""

    def call(*arguments: object) -> tuple[int, str, str]:
        model = [] if "--mode=decompress" in arguments else ["--quality=100"]
        words = ["batch", *map(str, arguments), f"--model={tiny_dir}", "--jobs=2", *model]
        return (app.main(words), *capfd.readouterr())

    return call


def tree(folder: Path) -> dict[str, bytes]:
    """The contents of all files of a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_tree_becomes_a_tree(photos: Path, tmp_path: Path, batch, tiny: tgc.Codec) -> None:
    before, out = tree(photos), tmp_path / "out"
    status, told, errors = batch(photos, out, "--recursive")
    assert status == 1
    assert told.startswith("3 made, 0 kept, 1 failed: ")
    assert errors.startswith(f"tfgan_codec: {photos}/sub/bad.jpg: the picture is not a picture")
    assert errors.count("\n") == 1
    found = tree(out)
    assert set(found) == {"a.tgc", "sub/b.tgc", "sub/deep/c.tgc", "manifest.jsonl", "failed.txt"}
    for name in ("a", "sub/b", "sub/deep/c"):
        assert found[f"{name}.tgc"] == tiny.compress(photos / f"{name}.png", quality=100)
    assert tree(photos) == before
    for line in found["manifest.jsonl"].decode().splitlines():
        record = json.loads(line)
        assert record["output_bytes"] == len(found[record["output"]])
        assert record["bpp"] == round(8 * record["output_bytes"] / (record["width"] * 40), 6)
        assert record["model_id"] == tiny.bundle.model_id.hex()
    reason, name = found["failed.txt"].decode().splitlines()
    assert reason.startswith("# the picture is not a picture that can be read")
    assert name == f"{photos}/./sub/bad.jpg"


def test_what_failed_can_be_fed_back(photos: Path, tmp_path: Path, batch) -> None:
    out = tmp_path / "out"
    batch(photos, out, "--recursive")
    shutil.copy(photos / "a.png", photos / "sub" / "bad.jpg")
    assert batch(f"@{out}/failed.txt", out)[0] == 1  # without --resume
    status, told, _ = batch(f"@{out}/failed.txt", out, "--resume")
    assert (status, told[:24]) == (0, "1 made, 0 kept, 0 failed")
    assert not (out / "failed.txt").exists()
    clean = tmp_path / "clean"
    assert batch(photos, clean, "--recursive")[0] == 0
    assert sorted(tree(clean)) == sorted(tree(out))
    same = [name for name in tree(out) if name.endswith(".tgc")]
    assert [tree(out)[name] for name in same] == [tree(clean)[name] for name in same]


def test_resuming_makes_again_what_is_not_good(photos: Path, tmp_path: Path, batch) -> None:
    """Another source, another setting, a damaged and a missing result; all else is kept."""
    (photos / "sub" / "bad.jpg").unlink()
    out = tmp_path / "out"
    batch(photos, out, "--recursive")
    first = tree(out)
    assert "already" not in batch(photos, out, "--recursive")[1]
    assert batch(photos, out, "--recursive")[2].count("go on with --resume") == 1
    written = (out / "a.tgc").stat().st_mtime_ns
    (out / "sub" / "b.tgc").write_bytes(first["sub/b.tgc"][:-1] + b"?")  # of the same length
    (out / "sub" / "deep" / "c.tgc").unlink()
    assert batch(photos, out, "--recursive", "--resume")[1].startswith("2 made, 1 kept, 0 failed")
    assert tree(out) == first
    assert (out / "a.tgc").stat().st_mtime_ns == written
    sample_pictures.image(48, 40, seed=9).save(photos / "a.png")
    assert batch(photos, out, "--recursive", "--resume")[1].startswith("1 made, 2 kept, 0 failed")
    assert batch(photos, out, "--recursive", "--resume", "--nometadata")[1].startswith("3 made, 0")


def test_verifying_decodes_what_is_on_the_disk(photos: Path, tmp_path: Path, batch) -> None:
    (photos / "sub" / "bad.jpg").unlink()
    out = tmp_path / "out"
    batch(photos, out, "--recursive")
    assert b'"verified": true' not in tree(out)["manifest.jsonl"]
    status, told, _ = batch(photos, out, "--recursive", "--resume", "--verify")
    assert (status, told[:24]) == (0, "0 made, 3 kept, 0 failed")
    assert tree(out)["manifest.jsonl"].count(b'"verified": true') == 3


def test_a_result_that_does_not_verify_does_not_count(
    photos: Path, tmp_path: Path, tiny_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coder = Coder(Settings(quality=50, model=str(tiny_dir), verify=True))
    stage = staging.stage
    monkeypatch.setattr(staging, "stage", lambda target, data: stage(target, data[:-1] + b"?"))
    outcome = do(Task(str(photos / "a.png"), "a.tgc", tmp_path / "a.tgc"), coder, "as it is")
    assert outcome.record is None
    assert "wrong checksum" in outcome.problem
    assert list(tmp_path.glob(".tgc*")) == []
    with pytest.raises(ImageError, match="shows 48x40 pixels, not 40x48"):
        coder.verify(tgc.compress(photos / "a.png", model=tiny_dir), 40, 48)


def test_back_to_pictures(photos: Path, tmp_path: Path, batch, tiny: tgc.Codec) -> None:
    (photos / "sub" / "bad.jpg").unlink()
    files, out = tmp_path / "files", tmp_path / "out"
    batch(photos, files, "--recursive")
    flags = ("--recursive", "--mode=decompress", "--realism=0", "--verify")
    status, told, _ = batch(files, out, *flags)
    assert (status, told[:24]) == (0, "3 made, 0 kept, 0 failed")
    for name in ("a", "sub/b", "sub/deep/c"):
        expected = tiny.decompress(files / f"{name}.tgc", realism=0)
        with Image.open(out / f"{name}.png") as image:
            assert image.tobytes() == expected.tobytes()
    record = json.loads(tree(out)["manifest.jsonl"].splitlines()[0])
    assert record["bpp"] == round(8 * (files / "a.tgc").stat().st_size / (48 * 40), 6)


def test_the_folder_of_results_may_be_among_the_pictures(photos: Path, batch) -> None:
    """Not compressed again itself: neither by name nor as a part of the tree."""
    sample_pictures.image(32, 32).save(photos / "z.png")
    out = photos / "out"
    out.mkdir()
    shutil.copy(photos / "a.png", out / "stray.png")
    batch(photos, out, "--recursive")
    assert not (out / "out").exists()
    assert not (out / "stray.tgc").exists()
    status, _, errors = batch(photos, photos, "--recursive")
    assert status == 1
    assert "cannot be the folder of results too" in errors


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["{0}/a.png", "{0}/sub/a.jpg"], "would both become a.tgc"),
        (["{0}/none.png"], "there is no file or folder"),
        (["{0}/*.bmp"], "there is no file or folder"),
        (["@{0}/none.txt"], "cannot read the list"),
        (["{0}/./../photos/a.png"], "may not lead out of"),
    ],
)
def test_what_is_refused_at_once(
    names: list[str], problem: str, photos: Path, tmp_path: Path, batch
) -> None:
    shutil.copy(photos / "a.png", photos / "sub" / "a.jpg")
    out = tmp_path / "out"
    status, told, errors = batch(*(name.format(photos) for name in names), out)
    assert (status, told) == (1, "")
    assert problem in errors
    assert errors.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("flag", "problem"),
    [
        ("--quality=300", "quality must be"),
        ("--model={0}/damaged", "is damaged (its hash is wrong)"),
        ("--model={0}/none", "no model"),
        ("--mode=squash", "mode must be one of compress, decompress"),
        ("--runner=NoSuchRunner", ""),
    ],
)
def test_what_is_wrong_for_all_files_is_told_once(
    flag: str, problem: str, photos: Path, tmp_path: Path, tiny_dir: Path, capfd
) -> None:
    damaged = shutil.copytree(tiny_dir, tmp_path / "damaged")
    (damaged / "mean.tflite").write_bytes(b"?")
    out = tmp_path / "out"
    words = ["batch", str(photos), str(out), "--recursive", flag.format(tmp_path)]
    assert app.main(words) == 1
    told, errors = capfd.readouterr()
    assert told == ""
    assert problem in errors
    assert errors.count("\n") == 1
    assert not out.exists()


def test_nothing_of_others_is_replaced(photos: Path, tmp_path: Path, batch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.tgc").write_bytes(b"precious")
    status, _, errors = batch(photos / "a.png", out)
    assert status == 1
    assert "a.tgc is there and no result of ours; replace it with --overwrite" in errors
    assert (out / "a.tgc").read_bytes() == b"precious"
    assert batch(photos / "a.png", out, "--resume", "--overwrite")[0] == 0
    status, _, errors = batch(out / "a.tgc", out, "--mode=decompress", "--resume")
    assert status == 0  # to a.png, which is no source
    shutil.copy(photos / "a.png", out / "b.png")
    shutil.copy(out / "a.tgc", out / "b.tgc")
    status, _, errors = batch(out / "b.png", out / "b.tgc", out, "--resume")
    assert status == 1
    assert "would both become b.tgc" in errors


def test_names_and_lists(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    odd = ' #1 "x"\n.png'
    shutil.copy(photos / "a.png", photos / odd)
    listing = tmp_path / "list"
    lines = ["# why", "", sources.list_line(f"photos/{odd}"), "photos/./sub/b.png", "photos/a.png"]
    listing.write_text("\n".join(lines))

    def outputs(*names: str, recursive: bool = False) -> list[str]:
        found = sources.find(names, [], "out", Settings(), recursive)
        for each in found:  # the name in failed.txt leads to the same result
            again = sources.find([sources.marked(each)], [], "out", Settings(), False)
            assert [one.output for one in again] == [each.output]
        return [each.output for each in found]

    odd_output = odd.replace(".png", ".tgc")
    assert outputs(f"@{listing}") == [odd_output, "a.tgc", "sub/b.tgc"]
    assert outputs("photos") == [odd_output, "a.tgc"]
    assert outputs("photos/**/[ac].png") == ["a.tgc", "c.tgc"]
    assert outputs("./photos/./sub", "photos/a.png") == ["a.tgc", "b.tgc", "bad.tgc"]
    monkeypatch.chdir(photos)
    assert outputs(".", recursive=True)[2:] == ["sub/b.tgc", "sub/bad.tgc", "sub/deep/c.tgc"]


def test_pictures_are_known_by_all_names_that_can_be_opened() -> None:
    opening.register()
    known = {end for end, name in Image.EXTENSION.items() if name in opening.FORMATS}
    assert known <= sources.PICTURES
    assert {end for end in sources.PICTURES - known if end in Image.EXTENSION} == set()


def test_a_torn_line_is_dropped_and_any_other_damage_told(
    photos: Path, tmp_path: Path, batch
) -> None:
    (photos / "sub" / "bad.jpg").unlink()
    out = tmp_path / "out"
    batch(photos, out, "--recursive")
    first, path = tree(out), out / manifest.NAME
    path.write_bytes(first[manifest.NAME][:-7])  # c, of three
    assert set(manifest.Manifest(out).records) == {"a.tgc", "sub/b.tgc"}
    path.write_bytes(first[manifest.NAME][:-7])
    # A result whose line was torn away is there, but was never given its name before its line.
    (out / "sub" / "deep" / "c.tgc").unlink()
    assert batch(photos, out, "--recursive", "--resume")[1].startswith("1 made, 2 kept")
    assert tree(out) == first
    path.write_bytes(b"{}\n" + first[manifest.NAME])
    status, _, errors = batch(photos, out, "--recursive", "--resume")
    assert status == 1
    assert f"{path} is damaged in line 1" in errors


@posix
def test_two_runs_do_not_meet(photos: Path, tmp_path: Path, batch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with manifest.locked(out):
        status, _, errors = batch(photos, out)
    assert status == 1
    assert f"another run is writing to {out}" in errors
    assert batch(photos / "a.png", out)[0] == 0


@posix
def test_a_full_disk_is_told_and_leaves_nothing(
    photos: Path, tmp_path: Path, tiny_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    coder = Coder(Settings(quality=50, model=str(tiny_dir)))
    outcome = do(Task(str(photos / "a.png"), "a.tgc", tmp_path / "x" / "a.tgc"), coder, "")
    assert outcome.problem == "No space left on device"
    assert list((tmp_path / "x").iterdir()) == []


@pytest.mark.skipif(
    not os.path.isdir("/proc/self"), reason="a folder where not even root may write"
)
def test_a_folder_that_cannot_be_written(photos: Path, batch) -> None:
    status, told, errors = batch(photos / "a.png", "/proc/out")
    assert (status, told) == (1, "")
    assert errors == "tfgan_codec: /proc/out: No such file or directory\n"


def test_one_process_for_each_core() -> None:
    assert 1 <= pool.cores() <= (os.cpu_count() or 1)


def test_making_tells_settings_and_models_apart(tiny_dir: Path) -> None:
    model = str(tiny_dir)
    different = [
        Settings(model=model),
        Settings(model="mobile"),
        Settings(model=model, bpp=0.1),
        Settings(model=model, bpp=0.2),
        Settings(model=model, nbytes=100),
        Settings(model=model, metadata="keep"),
        Settings(DECOMPRESS, model=model),
        Settings(DECOMPRESS, model=model, realism=0.0),
        Settings(DECOMPRESS),
    ]
    assert len({each.making() for each in different}) == len(different)
    assert Settings(model=model, verify=True).making() == Settings(model=model).making()
