"""Finds and reads pictures in files, given by a folder tree or a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tfgan_codec.errors import UsageError
from tfgan_codec.pictures import reading

_JPEG = {".jpg", ".jpeg", ".jpe", ".jfif", ".jp2", ".j2k"}
_OTHERS = {".avif", ".bmp", ".gif", ".pgm", ".png", ".ppm", ".tga", ".tif", ".tiff", ".webp"}
SUFFIXES = frozenset(_JPEG | _OTHERS)


def picture_files(folder: str | Path) -> list[Path]:
    """Returns all picture files below `folder`, sorted; raises `UsageError` if there are none."""
    files = [p for p in sorted(Path(folder).rglob("*")) if p.suffix.lower() in SUFFIXES]
    if not files:
        raise UsageError(f"no pictures found below {folder}: give --data a folder of photographs")
    return files


def listed_files(path: Path) -> list[Path]:
    """Returns the files that a text file names, one a line, relative to its folder; lines that
    start with # are comments."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no list of pictures: {error}") from error
    files = [path.parent / line for line in lines if line and not line.startswith("#")]
    if not files:
        raise UsageError(f"{path} lists no pictures: write one path to a line")
    return files


class FileSource:
    """Is a `sources.Source` of files. Its inventory names them relative to `root` if below it."""

    def __init__(self, files: Sequence[Path], root: Path):
        self._files = files
        self._root = root

    def __len__(self) -> int:
        return len(self._files)

    def name(self, number: int) -> str:
        return str(self._files[number])

    def read(self, number: int) -> np.ndarray:
        return reading.read(self._files[number]).rgb

    def inventory(self) -> Iterator[tuple[str, int]]:
        for file in self._files:
            inside = self._root in file.parents
            name = file.relative_to(self._root).as_posix() if inside else file.name
            yield name, file.stat().st_size if file.is_file() else 0
