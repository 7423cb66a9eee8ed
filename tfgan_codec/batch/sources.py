"""Finds the files of an archive, and what their results are called.

Results mirror the folders that are named. As with rsync, what follows `/./` in a path is the name
under the folder of results: `photos/./2024/a.jpg` becomes `2024/a.tgc`, `photos/2024/a.jpg` becomes
`a.tgc`.
"""

from __future__ import annotations

import glob
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tfgan_codec import streams
from tfgan_codec.batch.settings import COMPRESS, EXTENSIONS, Settings
from tfgan_codec.errors import UsageError

LIST = "@"  # begins the name of a file with names in it
# Extensions of the formats that `pictures.opening` reads, so that folders can be gone through
# without opening every file.
_PICTURES = (
    "png apng jpg jpeg jpe jfif jp2 j2k j2c jpc jpf jpx webp avif avifs heic heics heif heifs hif "
    "tif tiff gif bmp dib ppm pgm pbm pnm pfm tga icb vda vst psd ico icns pcx sgi rgb rgba bw dds "
    "qoi"
)
PICTURES = frozenset(f".{name}" for name in _PICTURES.split())
_MARK = "/./"


class Source(NamedTuple):
    """Names a file to read, and its result under the folder of results, with / between folders."""

    path: str
    output: str


def find(
    names: Iterable[str], lists: Iterable[str], out: str, settings: Settings, recursive: bool
) -> list[Source]:
    """Returns the files that a command line names, in the order of their results' names.

    Args:
      names: files, folders, patterns such as "*.jpg", and `@` with the name of a list. Of a folder,
        the files count that are named like pictures, or like `.tgc` files to decompress.
      lists: further files of lists: a name on each line, - for standard input.
      out: the folder of results, which is left out if it is in one of those.
      settings: of the batch.
      recursive: whether folders in folders count too.

    Raises:
      UsageError: a name is of nothing, or two files would have the same result.
    """
    found: dict[str, Source] = {}
    wanted = PICTURES if settings.mode == COMPRESS else frozenset([EXTENSIONS[COMPRESS]])
    listed = [name for each in lists for name in read_list(each)]
    for name in [*_unlisted(names), *listed]:
        for path, relative in _expanded(name, out, wanted, recursive):
            output = os.path.splitext(relative)[0].replace(os.sep, "/") + settings.extension
            other = found.setdefault(os.path.normcase(output), Source(path, output))
            if os.path.realpath(other.path) != os.path.realpath(path):
                raise UsageError(
                    f"{other.path} and {path} would both become {output}; do them in two runs with "
                    f"a folder each{_advice(path, output)}"
                )
    _refuse_overwriting(found.values(), out)
    return [found[name] for name in sorted(found)]


def read_list(path: str) -> list[str]:
    """Returns the names in a list: one on each line, in quotes as JSON if it has odd letters; empty
    lines and those that begin with # are left out."""
    try:
        if streams.is_input(path):
            text = sys.stdin.read()
        else:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                text = file.read()
    except OSError as error:
        raise UsageError(f"cannot read the list {path}: {error.strerror or error}") from error
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    try:
        return [json.loads(line) if line.startswith('"') else line.rstrip("\r") for line in lines]
    except ValueError as error:
        raise UsageError(f"the list {path} has a name with a quote that does not end") from error


def list_line(name: str) -> str:
    """Returns the line of a list for a name."""
    odd = name[:1] in ('"', "#", "", " ") or not name.isprintable() or name != name.strip()
    return json.dumps(name) if odd else name


def marked(source: Source) -> str:
    """Returns a path whose result, given alone, is called as it is now."""
    stem = os.path.splitext(source.output)[0]
    path = source.path.replace(os.sep, "/")
    cut = len(os.path.splitext(path)[0]) - len(stem)
    folder = os.path.normpath(path[:cut]) if cut else "."
    return os.path.join(folder, *(["."] if "/" in stem else []), path[cut:])


def _unlisted(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name.startswith(LIST) and not os.path.exists(name):
            yield from read_list(name[len(LIST) :])
        else:
            yield name


def _expanded(
    name: str, out: str, wanted: frozenset[str], recursive: bool
) -> Iterator[tuple[str, str]]:
    """Yields the paths of the files that a name stands for, each with its name under the results,
    its own extension at the end."""
    if os.path.isdir(name):
        if _same(name, out):
            raise UsageError(f"{out} cannot be the folder of results too; name another one")
        yield from _in_folder(name, out, wanted, recursive)
    elif os.path.isfile(name):
        yield name, _under(name)
    else:
        matches = sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else []
        if not matches:
            raise UsageError(f"there is no file or folder {name}")
        for match in matches:
            if not _same(match, out):
                yield from _expanded(match, out, wanted, recursive)


def _in_folder(
    folder: str, out: str, wanted: frozenset[str], recursive: bool
) -> Iterator[tuple[str, str]]:
    """Yields the files of a folder as `_expanded` does. Hidden ones are left out, and folders that
    are links, which could lead round in a circle."""

    def refuse(error: OSError) -> None:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}") from error

    for here, folders, files in os.walk(folder, onerror=refuse):
        inside = [name for name in folders if not name.startswith(".")]
        others = [name for name in inside if not _same(os.path.join(here, name), out)]
        folders[:] = sorted(others) if recursive else []
        for name in sorted(files):
            if os.path.splitext(name)[1].lower() in wanted and not name.startswith("."):
                path = os.path.join(here, name)
                yield path, os.path.relpath(path, folder)


def _under(path: str) -> str:
    unix = path.replace(os.sep, "/")
    if _MARK not in unix:
        return os.path.basename(path)
    relative = unix.partition(_MARK)[2].lstrip("/")
    if ".." in relative.split("/"):
        raise UsageError(f"{path}: what follows /./ may not lead out of the folder of results")
    return relative


def _advice(path: str, output: str) -> str:
    given = path.replace(os.sep, "/")
    return f", or write /./ in front of what is to be kept of {given}" if "/" not in output else ""


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _refuse_overwriting(found: Iterable[Source], out: str) -> None:
    sources: Sequence[Source] = list(found)
    read = {os.path.realpath(each.path) for each in sources}
    for each in sources:
        target = os.path.join(out, each.output)
        if os.path.realpath(target) in read:
            raise UsageError(f"{target} would overwrite a file that is read; name another folder")
