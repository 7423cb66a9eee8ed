"""Keeps the record of all results of a folder, so that a run that was killed can be gone on with.

A line is added, and forced to the disk, before its result gets its name: a file without a line is
nobody's of ours, and a line whose file is missing is a file to make again. A kill can tear the last
line, which is dropped. A run that ends well leaves the lines sorted by name, each name once.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from tfgan_codec.batch import record, staging
from tfgan_codec.batch.record import Record
from tfgan_codec.errors import ImageError, TgcError, UsageError

NAME = "manifest.jsonl"


class Manifest:
    """Holds the records of a folder, and adds to them.

    Attributes:
      records: the newest record of each result, by its name.
    """

    def __init__(self, folder: Path) -> None:
        """Reads the manifest of a folder, or begins one."""
        self._path = folder / NAME
        self.records: dict[str, Record] = {}
        whole = self._read()
        self._file: BinaryIO = open(self._path, "ab")  # noqa: SIM115
        self._file.truncate(whole)
        staging.sync_folder(folder)

    def add(self, records: Iterable[Record]) -> None:
        """Adds records; they are on the disk when this returns."""
        added = list(records)
        try:
            self._file.write("".join(map(record.line, added)).encode())
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            reason = error.strerror or error
            raise ImageError(
                f"cannot write {self._path}: {reason}; mend that and resume"
            ) from error
        self.records.update((each.output, each) for each in added)

    def finish(self) -> None:
        """Writes all records anew, sorted, in place of the lines that were added."""
        self.close()
        lines = [record.line(self.records[name]) for name in sorted(self.records)]
        staging.replace(self._path, "".join(lines).encode())

    def close(self) -> None:
        """Closes the file and leaves it as it is."""
        with contextlib.suppress(OSError):  # told before, of a full disk
            self._file.close()

    def _read(self) -> int:
        """Reads the records that are there, and returns how many bytes are whole lines."""
        if not self._path.exists():
            return 0
        data = self._path.read_bytes()
        whole = data.rfind(b"\n") + 1
        for number, text in enumerate(data[:whole].splitlines(), 1):
            try:
                found = record.read(text.decode())
            except (TgcError, UnicodeDecodeError) as error:
                raise UsageError(
                    f"{self._path} is damaged in line {number}; take that out, and its file is "
                    "made again"
                ) from error
            self.records[found.output] = found
        return whole


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps a second run out of a folder, where the system can; raises `UsageError` in that."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another run is writing to {folder}; wait for it to end") from None
        except OSError:  # not on this file system
            pass
        yield
    finally:
        os.close(handle)
