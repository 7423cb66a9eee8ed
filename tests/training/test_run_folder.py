"""Who may write into a folder, and that no moment is without a whole run in it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec.training import run_folder
from tfgan_codec.training.run_folder import (
    REPLACED,
    check_folder,
    claim_folder,
    forget_replaced,
    put_back,
)


def replace(folder: Path, word: str, error: BaseException | type[BaseException]) -> None:
    """A new run that ends in an error before it has saved."""
    with claim_folder(folder, overwrite=True):
        fill(folder, word)
        raise error


def replace_for_good(folder: Path, end: BaseException | type[BaseException] | None = None) -> None:
    """A new run that ends, in an error or not, after it has saved."""
    with claim_folder(folder, overwrite=True):
        fill(folder, "new")
        forget_replaced(folder)
        if end is not None:
            raise end


def fill(folder: Path, word: str) -> None:
    """What a run leaves, with a word of its own in each file."""
    for name in run_folder.FILES:
        path = folder / name if "." in name else folder / name / "00-step1" / "weights"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(word)


def content(folder: Path) -> dict[str, str]:
    """The files of a run, without those of the one that it replaces."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = {str(path.relative_to(folder)): path.read_text() for path in files}
    return {k: v for k, v in found.items() if REPLACED not in k.split("/")[0]}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder with a run, and with a file of the user's."""
    folder = tmp_path / "run"
    fill(folder, "old")
    (folder / "mine.txt").write_text("mine")
    return folder


def test_who_may_write_where(tmp_path: Path):
    run = tmp_path / "run"
    check_folder(run, resume=False)
    with claim_folder(run):
        pass
    with pytest.raises(tgc.UsageError, match="nothing to resume"):
        check_folder(run, resume=True)
    (run / "run.json").write_text("{}")
    with pytest.raises(tgc.UsageError, match="--overwrite"):
        check_folder(run, resume=False)
    with pytest.raises(tgc.UsageError, match="give one of them"):
        check_folder(run, resume=True, overwrite=True)
    check_folder(run, resume=True)
    check_folder(run, resume=False, overwrite=True)


def test_a_run_is_replaced_when_the_new_one_has_saved(old: Path):
    with claim_folder(old, overwrite=True):
        assert content(old) == {"mine.txt": "mine"}
        fill(old, "new")
        assert set(content(old / REPLACED).values()) == {"old"}
        forget_replaced(old)
        assert sorted(path.name for path in old.iterdir()) == sorted(
            ["mine.txt", *run_folder.FILES]
        )
    assert set(content(old).values()) == {"mine", "new"}


@pytest.mark.parametrize("error", [tgc.UsageError, KeyboardInterrupt])
def test_an_error_before_that_brings_it_back(old: Path, error: type[BaseException]):
    before = content(old)
    with pytest.raises(error):
        replace(old, "new", error)
    assert content(old) == before
    assert not (old / REPLACED).exists()


def test_an_error_after_that_leaves_the_new_one(old: Path):
    with pytest.raises(tgc.UsageError):
        replace_for_good(old, tgc.UsageError)
    assert set(content(old).values()) == {"mine", "new"}


def kill_at(moment: int, patch: pytest.MonkeyPatch) -> None:
    """From call number `moment` on, nothing that renames or deletes has an effect any more; a tree
    that is being deleted at that moment loses a file."""
    calls = [0]
    unlink = Path.unlink

    def mortal(act):
        def call(path, *more, **options):
            calls[0] += 1
            if calls[0] == moment and act is rmtree:
                for file in sorted(Path(path).rglob("*"))[-1:]:
                    unlink(file)
            if calls[0] >= moment:
                raise KeyboardInterrupt
            return act(path, *more, **options)

        return call

    rmtree = shutil.rmtree
    patch.setattr(os, "replace", mortal(os.replace))
    patch.setattr(shutil, "rmtree", mortal(rmtree))
    patch.setattr(Path, "unlink", mortal(unlink))
    patch.setattr(Path, "rmdir", mortal(Path.rmdir))


@pytest.mark.parametrize("moment", range(1, 10))
def test_a_kill_at_any_moment_loses_no_run(old: Path, moment: int):
    """Call 1 cleans up, 2 to 7 set six names aside, 8 and 9 delete the old run.

    Before the new one has begun, the next command finds the old one in its place; until the new
    one has saved, the old one waits in `replaced`.
    """
    before = content(old)
    with pytest.MonkeyPatch.context() as patch:
        kill_at(moment, patch)
        with pytest.raises(KeyboardInterrupt):
            replace_for_good(old)
    check_folder(old, resume=True)
    if moment >= 8:
        assert set(content(old).values()) == {"mine", "new"}
        waiting = {name: word for name, word in before.items() if word == "old"}
        assert content(old / REPLACED) == (waiting if moment == 8 else {})
    else:
        assert content(old) == before
        assert not (old / REPLACED).exists()


@pytest.mark.parametrize("moment", range(1, 14))
def test_a_kill_while_it_comes_back_loses_it_neither(old: Path, moment: int):
    """Calls 1 to 6 delete the new run, 7 to 12 bring the old one back, 13 cleans up."""
    before = content(old)

    with claim_folder(old, overwrite=True):
        fill(old, "new")
    with pytest.MonkeyPatch.context() as patch:
        kill_at(moment, patch)
        with pytest.raises(KeyboardInterrupt):
            put_back(old)
    check_folder(old, resume=True)
    # Until its run.json is deleted the new one counts, and can be given up once more.
    assert (old / REPLACED).exists() == (moment <= 6)
    put_back(old)
    assert content(old) == before
    assert not (old / REPLACED).exists()


def test_the_run_that_waits_is_named(old: Path):
    with claim_folder(old, overwrite=True):
        fill(old, "new")
    with pytest.raises(tgc.UsageError, match=f"{REPLACED} has the one"):
        check_folder(old, resume=False)


def test_what_waits_is_the_last_run_that_saved(old: Path):
    """Two new ones in a row that save nothing: the old one waits on, and comes back."""
    before = content(old)
    with claim_folder(old, overwrite=True):
        fill(old, "new")
    with pytest.raises(tgc.UsageError):
        replace(old, "newer", tgc.UsageError)
    assert content(old) == before
