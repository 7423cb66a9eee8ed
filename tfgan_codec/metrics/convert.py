"""Turns the public checkpoints of LPIPS, DISTS and FID into the weight files of `weights.FILES`.

Large kernels are stored as float16, which changes LPIPS by less than 1e-4 and FID by 0.03. Hashes
make sure that everyone measures with the same files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from tfgan_codec.bundle.normative import normative_hash
from tfgan_codec.errors import UsageError
from tfgan_codec.metrics import checkpoints
from tfgan_codec.metrics.weights import FILES

Arrays = Mapping[str, np.ndarray]

_ALEX_LAYERS = (0, 3, 6, 8, 10)
_VGG_LAYERS = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
# Maps torchvision's names of the Inception layers to those of the original graph.
_STEM = {
    "1a_3x3": "conv",
    "2a_3x3": "conv_1",
    "2b_3x3": "conv_2",
    "3b_1x1": "conv_3",
    "4a_3x3": "conv_4",
}
_BLOCKS = ("5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c")


def _tower(theirs: str, ours: str, convolutions: int) -> dict[str, str]:
    """Maps the names of convolutions one after the other, which torchvision counts from 1."""
    numbers = range(1, convolutions)
    return {f"{theirs}_1": ours, **{f"{theirs}_{i + 1}": f"{ours}_{i}" for i in numbers}}


_BRANCHES_35 = {
    "branch1x1": "conv",
    **_tower("branch5x5", "tower/conv", 2),
    **_tower("branch3x3dbl", "tower_1/conv", 3),
    "branch_pool": "tower_2/conv",
}
_BRANCHES_TO_17 = {"branch3x3": "conv", **_tower("branch3x3dbl", "tower/conv", 3)}
_BRANCHES_17 = {
    "branch1x1": "conv",
    **_tower("branch7x7", "tower/conv", 3),
    **_tower("branch7x7dbl", "tower_1/conv", 5),
    "branch_pool": "tower_2/conv",
}
_BRANCHES_TO_8 = {
    **_tower("branch3x3", "tower/conv", 2),
    **_tower("branch7x7x3", "tower_1/conv", 4),
}
_BRANCHES_8 = {
    "branch1x1": "conv",
    "branch3x3_1": "tower_conv",
    "branch3x3_2a": "tower_mixed_conv",
    "branch3x3_2b": "tower_mixed_conv_1",
    "branch3x3dbl_1": "tower_1_conv",
    "branch3x3dbl_2": "tower_1_conv_1",
    "branch3x3dbl_3a": "tower_1_mixed_conv",
    "branch3x3dbl_3b": "tower_1_mixed_conv_1",
    "branch_pool": "tower_2_conv",
}


def convert(files: Sequence[str | os.PathLike[str]], folder: str | os.PathLike[str]) -> list[Path]:
    """Writes the weight files that the given checkpoints suffice for; returns their paths.

    Checkpoints are recognised by their contents, not their names. LPIPS needs two: torchvision's
    network and the LPIPS authors' linear weights.
    """
    found: dict[str, Arrays] = {}
    for file in files:
        arrays = checkpoints.read(file)
        kind = _kind(arrays)
        if not kind:
            raise UsageError(
                f"{file} is none of the expected checkpoints; `python -m apps.weights` names them"
            )
        found[kind] = arrays
    made = {
        "lpips_alex": _lpips(found, "alex", _ALEX_LAYERS),
        "lpips_vgg": _lpips(found, "vgg", _VGG_LAYERS),
        "dists": _dists(found.get("dists", {})),
        "inception_fid": _inception(found.get("inception", {})),
    }
    made = {name: arrays for name, arrays in made.items() if arrays}
    if not made:
        raise UsageError("LPIPS needs two files: the torchvision network and the linear weights")
    paths = []
    for name, arrays in made.items():
        if normative_hash(arrays) != FILES[name].arrays_sha256:
            raise UsageError(
                f"the checkpoint of {name} holds other weights than the published ones"
            )
        paths.append(Path(folder) / FILES[name].file)
        paths[-1].parent.mkdir(parents=True, exist_ok=True)
        np.savez(paths[-1], **arrays)
    return paths


def _kind(arrays: Arrays) -> str:
    """Returns which checkpoint has such arrays, such as "alex", "vgg linear"; "" if none does."""
    first, second = arrays.get("features.0.weight"), arrays.get("lin1.model.1.weight")
    if first is not None:
        kinds: dict[tuple[int, ...], str] = {(64, 3, 11, 11): "alex", (64, 3, 3, 3): "vgg"}
        return kinds.get(first.shape, "")
    if second is not None:
        return {192: "alex linear", 128: "vgg linear"}.get(second.shape[1], "")
    if {"alpha", "beta"} <= set(arrays):
        return "dists"
    if any(name.endswith(("layers.conv.weight", "Conv2d_1a_3x3.conv.weight")) for name in arrays):
        return "inception"
    return ""


def _lpips(found: Mapping[str, Arrays], net: str, layers: Sequence[int]) -> dict[str, np.ndarray]:
    """Returns the weights of LPIPS with a network, empty if a checkpoint for them is missing."""
    if net not in found or f"{net} linear" not in found:
        return {}
    network, linear = found[net], found[f"{net} linear"]
    dtype = np.float32 if net == "alex" else np.float16
    arrays = {}
    for i, layer in enumerate(layers):
        arrays[f"conv{i}/kernel"] = _kernel(network[f"features.{layer}.weight"], dtype)
        arrays[f"conv{i}/bias"] = network[f"features.{layer}.bias"].astype(np.float32)
    for i in range(5):
        arrays[f"lin{i}"] = linear[f"lin{i}.model.1.weight"].reshape(-1).astype(np.float32)
    return arrays


def _dists(checkpoint: Arrays) -> dict[str, np.ndarray]:
    """Returns the weights of DISTS's channels, [1475] each; empty if given none."""
    names = ("alpha", "beta") if checkpoint else ()
    return {name: checkpoint[name].reshape(-1).astype(np.float32) for name in names}


def _inception(checkpoint: Arrays) -> dict[str, np.ndarray]:
    """Returns the weights of FID's network by the original graph's names; empty if given none."""
    arrays: dict[str, np.ndarray] = {}
    if any("Conv2d_1a_3x3" in name for name in checkpoint):
        for theirs, ours in _torchvision_names():
            if not np.all(checkpoint[f"{theirs}.bn.weight"] == 1):
                raise UsageError("this Inception was trained otherwise than the one that FID uses")
            arrays[f"{ours}/kernel"] = _kernel(checkpoint[f"{theirs}.conv.weight"], np.float16)
            for key, kind in (("bias", "beta"), ("running_mean", "mean"), ("running_var", "var")):
                arrays[f"{ours}/{kind}"] = checkpoint[f"{theirs}.bn.{key}"].astype(np.float32)
        return arrays
    for name, array in checkpoint.items():
        _, _, path = name.rpartition("layers.")
        layer, _, kind = path.rpartition(".")
        layer = layer.replace(".", "/")
        if kind == "weight" and array.ndim == 4:
            arrays[f"{layer}/kernel"] = _kernel(array, np.float16)
        elif kind in ("beta", "mean", "var"):
            arrays[f"{layer}/{kind}"] = array.astype(np.float32)
    return arrays


def _torchvision_names() -> Iterator[tuple[str, str]]:
    for theirs, ours in _STEM.items():
        yield f"Conv2d_{theirs}", ours
    for i, block in enumerate(_BLOCKS):
        branches = {3: _BRANCHES_TO_17, 8: _BRANCHES_TO_8}.get(
            i, _BRANCHES_35 if i < 3 else _BRANCHES_17 if i < 8 else _BRANCHES_8
        )
        for theirs, ours in branches.items():
            yield f"Mixed_{block}.{theirs}", f"mixed_{i}/{ours}" if i else f"mixed/{ours}"


def _kernel(array: np.ndarray, dtype: type) -> np.ndarray:
    """Returns a kernel [out, in, height, width] as [height, width, in, out]."""
    return np.ascontiguousarray(array.transpose(2, 3, 1, 0).astype(dtype))
