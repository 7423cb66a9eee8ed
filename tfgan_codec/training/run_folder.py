"""Guards the folder of a run: who may write into it, and what becomes of a run that was there."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from tfgan_codec.errors import UsageError
from tfgan_codec.training.checkpoints import BEST, NEWEST

RUN = "run.json"
# What runs write, and nothing else. A folder holds a run where the last of them, run.json, is: it
# leaves a folder last and comes back first, so that every interruption in between can be told.
FILES = (NEWEST, BEST, "tensorboard", "figures.jsonl", "broken.txt", RUN)
# Within the folder of a run: the run that it replaces, until it has trained and saved.
REPLACED = "replaced"


def check_folder(folder: Path, resume: bool, overwrite: bool = False) -> None:
    """Raises `UsageError` where a run would write into another run's folder by accident."""
    if not ((folder / RUN).exists() and (folder / REPLACED / RUN).exists()):
        put_back(folder)  # an interruption came before the new run began
    there = (folder / RUN).exists()
    if resume and overwrite:
        raise UsageError("--resume goes on with a run and --overwrite deletes it: give one of them")
    if resume and not there:
        raise UsageError(f"nothing to resume in {folder}: start without --resume")
    if there and not (resume or overwrite):
        place = folder / REPLACED
        older = f" ({place} has the one that it was to replace)" if place.is_dir() else ""
        raise UsageError(
            f"{folder} holds a run{older}: continue it with --resume, delete it with --overwrite, "
            "or name another folder"
        )


@contextlib.contextmanager
def claim_folder(folder: Path, overwrite: bool = False) -> Iterator[None]:
    """Lets a new run, or one that goes on, use a folder inside `with`.

    overwrite: the run that it holds is set aside, in `replaced` within it. It comes back after any
    error before `forget_replaced`, and stays there if the program is killed before that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(_hidden(folder), ignore_errors=True)
    if overwrite and (folder / RUN).exists():
        _set_aside(folder)
    try:
        yield
    except BaseException:
        if overwrite:
            put_back(folder)
        raise


def forget_replaced(folder: Path) -> None:
    """Deletes the run that was set aside, if any; call it once the new one has saved."""
    aside = folder / REPLACED
    if aside.is_dir():
        os.replace(aside, _hidden(folder))  # at once: half of a run could not be put back
        shutil.rmtree(_hidden(folder))


def put_back(folder: Path) -> None:
    """Puts the run that was set aside back into its folder, in place of what the new one wrote."""
    aside = folder / REPLACED
    if (aside / RUN).exists():
        _delete(folder)
    _move(aside, folder, reversed(FILES))
    with contextlib.suppress(OSError):  # none is there, or it holds what no run wrote
        aside.rmdir()


def _set_aside(folder: Path) -> None:
    aside = folder / REPLACED
    if (aside / RUN).exists():
        _delete(folder)  # a run that replaced the one aside, and never saved
    else:
        aside.mkdir(exist_ok=True)
        _move(folder, aside, FILES)


def _move(source: Path, target: Path, names: Iterable[str]) -> None:
    for name in names:
        if (source / name).exists():
            os.replace(source / name, target / name)


def _delete(folder: Path) -> None:
    for path in (folder / name for name in FILES):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _hidden(folder: Path) -> Path:
    return folder / f".{REPLACED}"
