import json

import numpy as np
import pytest
from PIL import Image

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics.lpips import Lpips
from tfgan_codec.metrics.weights import WeightsMissingError


@pytest.mark.parametrize("net", ["alex", "vgg"])
def test_equals_the_reference_code_on_twelve_pairs(net, shared_dir):
    folder = shared_dir / "weights" / "parity"
    lpips = Lpips(net, shared_dir / "weights")
    worst = 0.0
    for pair in json.loads((folder / "parity.json").read_text())["pairs"]:
        reference, decoded = (
            np.asarray(Image.open(folder / pair[key]).convert("RGB")) for key in ("ref", "dec")
        )
        worst = max(worst, abs(lpips(reference, decoded) - pair[f"lpips_{net}"]))
    print(f"LPIPS {net}: largest difference {worst:.1e}")
    assert worst < 1e-4


def test_features_can_be_reused(shared_dir):
    lpips = Lpips("alex", shared_dir / "weights")
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 256, (2, 45, 67, 3), dtype=np.uint8)
    assert lpips.distance(lpips.features(a), lpips.features(b)) == lpips(a, b)
    assert lpips(a, a) == 0.0


def test_too_small_pictures_are_refused(shared_dir):
    picture = np.zeros((30, 100, 3), np.uint8)
    with pytest.raises(UsageError, match="at least 31 pixels a side, the picture is 100x30"):
        Lpips("alex", shared_dir / "weights").features(picture)


def test_smallest_pictures_are_measured(shared_dir):
    for net, side in (("alex", 31), ("vgg", 16)):
        picture = np.zeros((side, side, 3), np.uint8)
        assert Lpips(net, shared_dir / "weights")(picture, picture + 9) > 0


def test_missing_weights_are_explained(tmp_path):
    with pytest.raises(WeightsMissingError, match=r"lpips_alex.npz is not there; .*apps.weights"):
        Lpips("alex", tmp_path)
    with pytest.raises(UsageError, match="alex and vgg"):
        Lpips("squeeze", tmp_path)
