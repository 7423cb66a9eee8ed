"""Writes files that are whole or not there, even if the machine stops: to a temporary file beside
its place, forced to the disk, then renamed, then the folder forced to the disk too."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_PREFIX, _SUFFIX = ".tgc-batch-", ".part"


def stage(target: Path, data: bytes) -> Path:
    """Writes a temporary file beside `target`, whose folder is made, and forces it to the disk;
    returns its path. It is taken away if that fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}"
    try:
        with open(temporary, "xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        discard(temporary)
        raise
    return temporary


def replace(target: Path, data: bytes) -> None:
    """Writes a file in place of the one that is there, if one is."""
    os.replace(stage(target, data), target)
    sync_folder(target.parent)


def discard(temporary: Path) -> None:
    """Deletes a temporary file, if it is there."""
    with contextlib.suppress(OSError):
        temporary.unlink()


def sync_folder(folder: Path) -> None:
    """Forces the names in a folder to the disk, where the system can."""
    with contextlib.suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(folders: Iterable[Path]) -> None:
    """Deletes the temporary files that a run which was killed left in folders."""
    for folder in folders:
        for each in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            discard(each)
