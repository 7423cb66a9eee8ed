"""Splits a collection of pictures for k-fold cross-validation."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tfgan_codec.errors import UsageError
from tfgan_codec.outputs import Kind

FOLDER = Kind("a folder of folds", "", lambda name: (Path(name) / "fold0-train.txt").is_file())


def kfold(files: Sequence[Path], folds: int, seed: int = 0) -> list[list[Path]]:
    """Returns the files in `folds` random parts, each sorted, whose sizes differ by one at most."""
    if not 2 <= folds <= len(files):
        raise UsageError(
            f"cannot cut {len(files)} pictures into {folds} folds: ask for 2 to {len(files)}"
        )
    order = np.random.default_rng(seed).permutation(len(files))
    return [sorted(files[i] for i in part) for part in np.array_split(order, folds)]


def write_lists(files: Sequence[Path], folds: int, out: Path, seed: int = 0) -> list[Path]:
    """Writes two lists per fold to the folder `out` and returns their paths: its own pictures in
    `foldN-validation.txt`, for `apps.train --validation`; all others in `foldN-train.txt`, for
    `--data`. Lists of before go, also those of more folds."""
    parts = kfold(files, folds, seed)
    out.mkdir(parents=True, exist_ok=True)
    for former in [*out.glob("fold[0-9]*-train.txt"), *out.glob("fold[0-9]*-validation.txt")]:
        former.unlink()
    written = []
    for number, part in enumerate(parts):
        others = [path for each in parts if each is not part for path in each]
        for name, paths in (("train", sorted(others)), ("validation", part)):
            written.append(out / f"fold{number}-{name}.txt")
            lines = [os.path.relpath(path, out) for path in paths]
            written[-1].write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return written
