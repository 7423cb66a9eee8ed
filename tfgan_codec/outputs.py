"""Writes the files that commands make: whole or not at all, and over none of another kind."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from typing import BinaryIO, Callable, NamedTuple, Union

from tfgan_codec import streams
from tfgan_codec.errors import ImageError, UsageError

PathLike = Union[str, "os.PathLike[str]"]


class Kind(NamedTuple):
    """Says what kind of file or folder a command writes, which it may replace.

    Attributes:
      name: such as "a PNG file".
      extension: that of its files, such as ".tgc"; "" if any will do.
      holds: whether the file or folder at a path is of this kind, by its content.
    """

    name: str
    extension: str
    holds: Callable[[str], bool]


def check(path: PathLike, kind: Kind, overwrite: bool = False, named: bool = True) -> None:
    """Raises unless the file can be written and may be: before there is work that could be lost.

    Args:
      path: of the file to write.
      kind: what it will be.
      overwrite: whether it may have another extension, and replace any file.
      named: whether the user named it. If not, it replaces nothing.

    Raises:
      UsageError: it may not be written.
      ImageError: it cannot be.
    """
    name = os.fspath(path)
    if streams.is_terminal(name):
        raise UsageError(f"{kind.name} is nothing for a terminal; redirect it, or name a file")
    if streams.is_stream(name):
        return
    if os.path.isdir(name):
        raise ImageError(f"cannot write {name}: Is a directory; name a file in it")
    stem, extension = os.path.splitext(name)
    if kind.extension and extension.lower() not in ("", kind.extension) and not overwrite:
        raise UsageError(
            f"{name} would hold {kind.name}; call it {stem}{kind.extension}, or insist with "
            "--overwrite"
        )
    if os.path.isfile(name) and os.path.getsize(name) and not overwrite:
        if not named:
            raise UsageError(f"{name} is there already; replace it with --overwrite")
        if not kind.holds(name):
            raise UsageError(
                f"{name} is there and is not {kind.name}; replace it with --overwrite, or name "
                "another file"
            )
    folder = os.path.dirname(name)
    if folder and not os.path.isdir(folder):
        raise ImageError(f"cannot write {name}: there is no folder {folder}; make it first")
    with _errors(name), _beside(os.path.realpath(name)):
        pass


def check_folder(path: PathLike, kind: Kind, overwrite: bool = False) -> None:
    """Raises `UsageError` unless files can be written into a folder: it is not there, is empty, or
    is of the kind to write, or `overwrite` says that all the same."""
    name = os.fspath(path)
    if os.path.lexists(name) and not os.path.isdir(name):
        raise UsageError(f"{name} is a file; name a folder")
    if os.path.isdir(name) and os.listdir(name) and not overwrite and not kind.holds(name):
        raise UsageError(
            f"{name} has something in it and is not {kind.name}; write there with --overwrite, or "
            "name another folder"
        )


def write(path: PathLike, data: bytes) -> None:
    """Writes a file whole or not at all, see `written`."""
    name = os.fspath(path)
    if streams.is_output(name):
        streams.write(data)
        return
    with written(name) as stream:
        stream.write(data)


@contextlib.contextmanager
def written(path: PathLike) -> Iterator[BinaryIO]:
    """Opens a file to write piece by piece, which is there whole or not at all in the end: its
    pieces go to a temporary file beside it, which then replaces it. One that is there keeps its
    mode; a new one gets what the umask leaves. What goes to a stream is there at once."""
    name = os.fspath(path)
    if streams.is_output(name):
        with streams.output() as stream:
            yield stream
        return
    with _errors(name):
        if streams.is_stream(name):
            with open(name, "wb") as stream:
                yield stream
            return
        target = os.path.realpath(name)
        with _beside(target) as (stream, temporary):
            yield stream
            stream.close()
            os.replace(temporary, target)


@contextlib.contextmanager
def _beside(target: str) -> Iterator[tuple[BinaryIO, str]]:
    """Opens a new file in the folder of `target`, with its mode, and deletes it at the end unless
    it has become `target`. Yields it and its path."""
    former = os.stat(target) if os.path.exists(target) else None
    if former and not os.access(target, os.W_OK):
        raise PermissionError(0, "it is write-protected", target)
    # Nobody else may read what replaces a private file, not even before it gets that one's mode.
    mode = 0o600 if former else 0o666
    temporary = os.path.join(os.path.dirname(target), f".{os.urandom(8).hex()}.part")
    try:
        with open(temporary, "xb", opener=lambda path, how: os.open(path, how, mode)) as stream:
            if former:
                with contextlib.suppress(OSError, AttributeError):  # only root may, and Unix alone
                    os.chown(temporary, former.st_uid, former.st_gid)
                os.chmod(temporary, stat.S_IMODE(former.st_mode) & 0o777)
            yield stream, temporary
    finally:
        with contextlib.suppress(OSError):
            os.remove(temporary)


@contextlib.contextmanager
def _errors(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ImageError(f"cannot write {name}: {error.strerror or error}") from error
