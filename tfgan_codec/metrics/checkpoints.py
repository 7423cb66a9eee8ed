"""Reads the arrays out of PyTorch's files, without PyTorch and without running code from them.

Three layouts exist: the old one (a row of pickles, then raw storages), the zip archive of a state
dict, and TorchScript's archive, whose pickle holds a tree of modules.
"""

from __future__ import annotations

import collections
import io
import os
import pickle
import struct
import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO, Callable

import numpy as np

from tfgan_codec.errors import UsageError

Arrays = dict[str, np.ndarray]

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES = {
    "FloatStorage": "<f4",
    "LongStorage": "<i8",
    "HalfStorage": "<f2",
    "DoubleStorage": "<f8",
}


def read(path: str | os.PathLike[str]) -> Arrays:
    """Returns all arrays of a checkpoint by their dotted names."""
    try:
        with open(path, "rb") as file:
            tree = _read_zip(file) if zipfile.is_zipfile(path) else _read_legacy(file)
        arrays: Arrays = {}
        _flatten(tree, "", arrays)
        return arrays
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except (pickle.UnpicklingError, ValueError, LookupError, EOFError, TypeError) as error:
        raise UsageError(f"{path} is no PyTorch checkpoint that can be read ({error})") from error
    except (AttributeError, struct.error, zipfile.BadZipFile) as error:
        raise UsageError(f"{path} is damaged; download it again ({error})") from error


class _Module:
    """Stands for an object of any class in a TorchScript archive and keeps its attributes."""

    state: Mapping[str, Any] = {}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.state = state


class _Storage:
    """Holds a flat array; its contents may be set later: the old layout has them after pickles."""

    def __init__(self, dtype: str, size: int) -> None:
        self.dtype, self.size, self.data = dtype, size, np.zeros(0)


class _Tensor:
    """Holds a view of a storage, with the arguments of `torch._utils._rebuild_tensor_v2`."""

    def __init__(self, storage: _Storage, offset: int, shape: Any, strides: Any, *_: Any) -> None:
        self._storage, self._offset, self._shape, self._strides = storage, offset, shape, strides

    def array(self) -> np.ndarray:
        data = self._storage.data[self._offset :]
        reach = 1 + sum((n - 1) * stride for n, stride in zip(self._shape, self._strides))
        if min((self._offset, *self._strides)) < 0 or min(self._shape, default=1) < 1:
            raise ValueError("a tensor has an impossible shape")
        if reach > len(data):
            raise ValueError("a tensor reaches beyond its storage")
        strides = [stride * data.itemsize for stride in self._strides]
        return np.lib.stride_tricks.as_strided(data, self._shape, strides).copy()


class _Unpickler(pickle.Unpickler):
    """Knows the few names that checkpoints need and refuses all others: pickles can run code."""

    def __init__(self, file: BinaryIO, storage: Callable[[tuple[Any, ...]], _Storage]) -> None:
        super().__init__(file)
        self._storage = storage

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda tensor, *_: tensor
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        if module.startswith("__torch__"):
            return _Module
        if module == "torch.jit._pickle":  # typed lists, which hold no weights
            return lambda *_: None
        raise pickle.UnpicklingError(f"it holds {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        return self._storage(pid)


def _read_zip(file: BinaryIO) -> Any:
    with zipfile.ZipFile(file) as archive:
        name = next(n for n in archive.namelist() if n.endswith("data.pkl"))
        folder = name[: -len("data.pkl")] + "data/"

        def storage(pid: tuple[Any, ...]) -> _Storage:
            _, dtype, key, _, size = pid
            found = _Storage(dtype, size)
            found.data = np.frombuffer(archive.read(folder + key), dtype)
            return found

        return _Unpickler(io.BytesIO(archive.read(name)), storage).load()


def _read_legacy(file: BinaryIO) -> Any:
    storages: dict[str, _Storage] = {}

    def storage(pid: tuple[Any, ...]) -> _Storage:
        _, dtype, key, _, size = pid[:5]
        return storages.setdefault(key, _Storage(dtype, size))

    if _Unpickler(file, storage).load() != _LEGACY_MAGIC:
        raise ValueError("unknown layout")
    for _ in range(2):  # protocol version, machine description
        _Unpickler(file, storage).load()
    tree = _Unpickler(file, storage).load()
    for key in _Unpickler(file, storage).load():
        found = storages[key]
        (size,) = struct.unpack("<q", file.read(8))
        content = file.read(size * np.dtype(found.dtype).itemsize)
        if size != found.size:
            raise ValueError("storages have other sizes than announced")
        found.data = np.frombuffer(content, found.dtype)
    return tree


def _flatten(tree: Any, prefix: str, arrays: Arrays) -> None:
    if isinstance(tree, _Tensor):
        arrays[prefix] = tree.array()
        return
    children = tree.state if isinstance(tree, _Module) else tree
    if isinstance(children, Mapping):
        for name, child in children.items():
            _flatten(child, f"{prefix}.{name}" if prefix else str(name), arrays)
