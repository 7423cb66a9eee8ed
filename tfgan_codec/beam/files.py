"""Writes files that are whole or not there, with whatever file system a path is of."""

from __future__ import annotations

import uuid

from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems

from tfgan_codec.errors import UsageError

PARTS = (
    ".parts"  # the folder of files that are being written; what is in it after a run is left over
)


def read(path: str) -> bytes | None:
    """Returns the contents of a file, None if there is none."""
    if not FileSystems.exists(path):
        return None
    with FileSystems.open(path) as stream:
        contents: bytes = stream.read()
        return contents


def stage(folder: str, data: bytes) -> str:
    """Writes a file of a new name for parts, and returns its path."""
    parts = FileSystems.join(folder, PARTS)
    make_folder(parts)
    path: str = FileSystems.join(parts, uuid.uuid4().hex)
    with FileSystems.create(path) as stream:
        stream.write(data)
    return path


def name(part: str, path: str, data: bytes) -> None:
    """Gives a part its name. Another worker may do the same with the same contents at the same
    time: some file systems let only one of them."""
    try:
        FileSystems.rename([part], [path])
    except BeamIOError:
        if read(path) != data:
            raise
        delete(part)


def write(folder: str, file: str, data: bytes) -> None:
    """Writes a file in place of the one that is there, if one is."""
    part, path = stage(folder, data), FileSystems.join(folder, file)
    try:
        FileSystems.rename([part], [path])
    except BeamIOError:
        delete(path)
        FileSystems.rename([part], [path])


def delete(path: str) -> None:
    """Deletes a file, or a folder and what is in it, if it is there."""
    if FileSystems.exists(path):
        FileSystems.delete([path])


def make_folder(path: str) -> None:
    """Makes a folder, where the file system has any."""
    try:
        FileSystems.mkdirs(path)
    except OSError:  # it is there
        if not FileSystems.exists(path):
            raise
    except ValueError as error:  # no package for gs:// or the like
        raise UsageError(" ".join(str(error).split())) from error
