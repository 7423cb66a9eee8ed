import numpy as np
import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics import checkpoints, convert, weights


def torch_kernel(arrays, key):
    return arrays[key].astype(np.float32).transpose(3, 2, 0, 1)


@pytest.fixture
def published(shared_dir):
    """Our weight files, from which checkpoints as others publish them are made here."""

    def load(name):
        with np.load(shared_dir / "weights" / weights.FILES[name].file) as file:
            return {key: file[key] for key in file.files}

    return load


def check_converted(monkeypatch, folder, files, name):
    monkeypatch.setattr(checkpoints, "read", files.__getitem__)
    (path,) = convert.convert(list(files), folder)
    assert path.name == weights.FILES[name].file
    weights.load(name, folder)  # checks the hash


@pytest.mark.parametrize(
    ("name", "layers"),
    [("lpips_alex", convert._ALEX_LAYERS), ("lpips_vgg", convert._VGG_LAYERS)],
)
def test_torchvision_and_lpips_checkpoints(name, layers, published, monkeypatch, tmp_path):
    ours = published(name)
    network, linear = {"classifier.6.bias": np.zeros(1000)}, {}
    for i, layer in enumerate(layers):
        network[f"features.{layer}.weight"] = torch_kernel(ours, f"conv{i}/kernel")
        network[f"features.{layer}.bias"] = ours[f"conv{i}/bias"]
    for i in range(5):
        linear[f"lin{i}.model.1.weight"] = ours[f"lin{i}"].reshape(1, -1, 1, 1)
    check_converted(monkeypatch, tmp_path, {"net.pth": network, "lin.pth": linear}, name)


def test_dists_checkpoint(dists_dir, monkeypatch, tmp_path):
    with np.load(dists_dir / weights.FILES["dists"].file) as ours:
        theirs = {key: ours[key].reshape(1, -1, 1, 1) for key in ("alpha", "beta")}
    check_converted(monkeypatch, tmp_path, {"weights.pt": theirs}, "dists")


@pytest.mark.parametrize("style", ["torchvision", "graph"])
def test_inception_checkpoints(style, published, monkeypatch, tmp_path):
    ours = published("inception_fid")
    theirs = {"fc.weight": np.zeros((1008, 2048), np.float32)}
    names = dict(convert._torchvision_names())
    assert sorted(names.values()) == sorted({key.rpartition("/")[0] for key in ours})
    for other, name in names.items():
        kernel = torch_kernel(ours, f"{name}/kernel")
        if style == "graph":
            path = f"net.layers.{name.replace('/', '.')}"
            theirs[f"{path}.weight"] = kernel
            theirs.update({f"{path}.{k}": ours[f"{name}/{k}"] for k in ("beta", "mean", "var")})
            continue
        theirs[f"{other}.conv.weight"] = kernel
        theirs[f"{other}.bn.weight"] = np.ones(len(kernel), np.float32)
        theirs[f"{other}.bn.bias"] = ours[f"{name}/beta"]
        theirs[f"{other}.bn.running_mean"] = ours[f"{name}/mean"]
        theirs[f"{other}.bn.running_var"] = ours[f"{name}/var"]
    check_converted(monkeypatch, tmp_path, {"inception.pth": theirs}, "inception_fid")


def test_other_weights_are_refused(published, monkeypatch, tmp_path):
    network = {f"features.{i}.weight": np.zeros((64, 3, 11, 11)) for i in convert._ALEX_LAYERS}
    network.update({f"features.{i}.bias": np.zeros(64) for i in convert._ALEX_LAYERS})
    linear = {f"lin{i}.model.1.weight": np.zeros((1, 192, 1, 1)) for i in range(5)}
    files = {"net.pth": network, "lin.pth": linear, "x.pth": {"fc.weight": np.zeros(3)}}
    monkeypatch.setattr(checkpoints, "read", files.__getitem__)
    with pytest.raises(UsageError, match="other weights than the published ones"):
        convert.convert(["net.pth", "lin.pth"], tmp_path)
    with pytest.raises(UsageError, match="LPIPS needs two files"):
        convert.convert(["net.pth"], tmp_path)
    with pytest.raises(UsageError, match=r"x\.pth is none of the expected"):
        convert.convert(["x.pth"], tmp_path)
