"""Finds, checks and loads the weights of the metric networks (LPIPS, DISTS, FID).

They are not part of the package: `apps.weights` makes them once from public checkpoints, and says
which to download. Hashes are of the arrays, so that they do not depend on how a file was packed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tfgan_codec.bundle.normative import normative_hash
from tfgan_codec.errors import UsageError

VARIABLE = "TGC_WEIGHTS"


class WeightFile(NamedTuple):
    """Names a weight file, its hash, and where what it is made of comes from."""

    file: str
    arrays_sha256: str  # see `bundle.normative.normative_hash`
    sources: tuple[str, ...]  # what to download, for people


_LPIPS = "https://github.com/richzhang/PerceptualSimilarity/raw/master/lpips/weights/v0.1/"
_TORCH = "https://download.pytorch.org/models/"
_FID = "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/"
FILES = {
    "lpips_alex": WeightFile(
        "lpips_alex.npz",
        "e39c839b5039c60ce6dfac5a0dd529d09440f00225f4c84ccc976e9048363bec",
        (f"{_TORCH}alexnet-owt-7be5be79.pth", f"{_LPIPS}alex.pth"),
    ),
    "lpips_vgg": WeightFile(
        "vgg16_features_lpips.npz",
        "af2c7d26d9c50d22a604210fa739262d87f866af9bb328d4a5cfb8de2e238302",
        (f"{_TORCH}vgg16-397923af.pth", f"{_LPIPS}vgg.pth"),
    ),
    "dists": WeightFile(
        "dists.npz",
        "aec5af652f5adaaf28fcd6a266bd0de3843fcf5851c8b1377c2d8b03e6eb8fb6",
        ("https://github.com/dingkeyan93/DISTS/raw/master/DISTS_pytorch/weights.pt",),
    ),
    "inception_fid": WeightFile(
        "inception_fid.npz",
        "e57af617f6d3527cf50a2ed56179c92a006481ccba0f09cddfcbb82082650183",
        (f"{_FID}pt_inception-2015-12-05-6726825d.pth",),
    ),
}


class WeightsMissingError(UsageError):
    """The weights of a metric network are missing; callers leave that metric out and go on."""


def default_folder() -> Path:
    """Returns the folder that `TGC_WEIGHTS` names, or else one in the user's cache."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "tfgan_codec"


def find(name: str, folder: str | os.PathLike[str] | None = None) -> Path:
    """Returns a weight file's path in `folder` (None: `default_folder()`), which must be there."""
    path = (Path(folder) if folder else default_folder()) / FILES[name].file
    if not path.is_file():
        raise WeightsMissingError(
            f"{path} is not there; `python -m apps.weights` says how to make it, "
            f"--weights or {VARIABLE} where else to look"
        )
    return path


def load(name: str, folder: str | os.PathLike[str] | None = None) -> dict[str, np.ndarray]:
    """Returns the arrays of a weight file as float32; WeightsMissingError if the hash is wrong."""
    path = find(name, folder)
    try:
        with np.load(path) as file:
            arrays = {key: file[key] for key in file.files}
    except (OSError, ValueError, KeyError) as error:
        raise WeightsMissingError(f"{path} cannot be read ({error}); make it again") from error
    if normative_hash(arrays) != FILES[name].arrays_sha256:
        raise WeightsMissingError(
            f"{path} holds other weights than the published ones (its hash is wrong); make it "
            "again with `python -m apps.weights`"
        )
    return {key: array.astype(np.float32) for key, array in arrays.items()}
