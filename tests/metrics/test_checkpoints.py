import collections
import io
import pickle
import struct
import sys
import types
import zipfile

import numpy as np
import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics import checkpoints


class Storage:
    def __init__(self, key, array):
        self.key, self.array = key, array


class Tensor:
    """Pickles as PyTorch's tensors do."""

    def __init__(self, key, array, offset=0):
        self.storage, self.shape, self.offset = Storage(key, array), array.shape, offset

    def __reduce__(self):
        strides = tuple(s // 4 for s in np.zeros(self.shape, np.float32).strides)
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        return rebuild, (self.storage, self.offset, self.shape, strides, False, {})


class Pickler(pickle.Pickler):
    fields = 5

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        kind = sys.modules["torch"].FloatStorage
        pid = ("storage", kind, value.key, "cpu", value.array.size, None)
        return pid[: self.fields]


@pytest.fixture
def torch(monkeypatch):
    """Just enough of PyTorch for the pickles to name."""
    module, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    module.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})

    def _rebuild_tensor_v2():
        pass

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    monkeypatch.setitem(sys.modules, "torch", module)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def pickled(value, fields):
    buffer = io.BytesIO()
    pickler = Pickler(buffer, 2)
    pickler.fields = fields
    pickler.dump(value)
    return buffer.getvalue()


def write_zip(path, state):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled(state, 5))
        for tensor in state.values():
            archive.writestr(f"archive/data/{tensor.storage.key}", tensor.storage.array.tobytes())


def write_legacy(path, state):
    parts = [pickled(value, 6) for value in (checkpoints._LEGACY_MAGIC, 1001, {}, state)]
    parts.append(pickled([tensor.storage.key for tensor in state.values()], 6))
    for tensor in state.values():
        parts += [struct.pack("<q", tensor.storage.array.size), tensor.storage.array.tobytes()]
    path.write_bytes(b"".join(parts))


@pytest.mark.parametrize("write", [write_zip, write_legacy])
def test_reads_what_torch_writes(write, tmp_path, torch):
    rng = np.random.default_rng(1)
    arrays = {"a.weight": rng.random((2, 3, 4), np.float32), "a.bias": rng.random(5, np.float32)}
    state = collections.OrderedDict(
        (k, Tensor(str(i), v)) for i, (k, v) in enumerate(arrays.items())
    )
    write(tmp_path / "model.pth", state)
    found = checkpoints.read(tmp_path / "model.pth")
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)


def test_code_in_a_pickle_is_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return print, ("run!",)

    with zipfile.ZipFile(tmp_path / "evil.pth", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"a": Evil()}))
    with pytest.raises(UsageError, match=r"it holds .*print"):
        checkpoints.read(tmp_path / "evil.pth")


def test_tensors_beyond_their_storage_are_refused(tmp_path, torch):
    write_zip(tmp_path / "model.pth", {"a": Tensor("0", np.zeros(4, np.float32), offset=1)})
    with pytest.raises(UsageError, match="beyond its storage"):
        checkpoints.read(tmp_path / "model.pth")


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", pickle.dumps([1, 2])])
def test_other_files_are_refused(content, tmp_path):
    (tmp_path / "x.pth").write_bytes(content)
    with pytest.raises(UsageError, match="no PyTorch checkpoint"):
        checkpoints.read(tmp_path / "x.pth")
