import numpy as np
import pytest

from tfgan_codec.metrics import weights


def test_other_weights_than_the_published_ones_are_refused(tmp_path):
    np.savez(tmp_path / "lpips_alex.npz", lin0=np.zeros(64, np.float32))
    with pytest.raises(weights.WeightsMissingError, match="hash is wrong"):
        weights.load("lpips_alex", tmp_path)
    (tmp_path / "lpips_alex.npz").write_bytes(b"PK damaged")
    with pytest.raises(weights.WeightsMissingError, match="cannot be read"):
        weights.load("lpips_alex", tmp_path)


def test_the_folder_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv(weights.VARIABLE, str(tmp_path))
    assert weights.default_folder() == tmp_path
    monkeypatch.delenv(weights.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights.default_folder() == tmp_path / "tfgan_codec"
