import numpy as np
import pytest
from PIL import Image

from tfgan_codec.metrics import weights
from tfgan_codec.metrics.dists import STABLE, Dists, Layer, l2_pool

# What DISTS-pytorch 0.1 gives in float64, with torchvision's VGG16 in float32.
REFERENCE = {
    "01_jpeg10": 0.295985,
    "02_blur": 0.286010,
    "03_jpeg5": 0.304250,
    "04_webp1_odd": 0.286288,
    "05_noise15": 0.264388,
    "06_down4": 0.281293,
    "07_avif8": 0.259584,
    "08_synthetic_shift1": 0.114067,
    "09_flat_plus8": 0.061990,
    "10_black_white": 0.379809,
    "11_identical": 0.0,
    "12_channels_swapped": 0.167023,
}


def test_equals_the_reference_code_on_twelve_pairs(shared_dir, dists_dir):
    folder, dists = shared_dir / "weights" / "parity", Dists(dists_dir)
    worst = 0.0
    for name, expected in REFERENCE.items():
        a, b = (
            np.asarray(Image.open(folder / f"{name}_{kind}.png").convert("RGB"))
            for kind in ("ref", "dec")
        )
        worst = max(worst, abs(dists(a, b) - expected))
    print(f"DISTS: largest difference {worst:.1e}")
    assert worst < 1e-4


def test_equal_pictures_and_reused_features(dists_dir):
    dists = Dists(dists_dir)
    a, b = np.random.default_rng(1).integers(0, 256, (2, 33, 47, 3), dtype=np.uint8)
    assert dists(a, a) == 0.0
    assert dists.distance(dists.features(a), dists.features(b)) == dists(a, b) == dists(b, a) > 0


@pytest.fixture
def one_layer(monkeypatch):
    """DISTS whose weights are all in the picture's three channels: alpha .1 each, beta .2, .2, .3
    of the paper's sum of 1."""
    own = {key: np.zeros(1475, np.float64) for key in ("alpha", "beta")}
    own["alpha"][:3], own["beta"][:3] = 0.1, (0.2, 0.2, 0.3)
    monkeypatch.setattr(weights, "load", lambda name, folder: own)
    return Dists()


def test_worked_by_hand(one_layer):
    # Two positions: b has twice a's mean in channel 0, and a's contrast turned round in channel 2.
    contrast = np.array([[0.1, 0.1, 0.1], [-0.1, -0.1, -0.1]], np.float32)
    a = Layer(np.array([0.2, 0.5, 0.5]), contrast)
    b = Layer(np.array([0.4, 0.5, 0.5]), contrast * np.float32([1, 1, -1]))
    texture = (2 * 0.2 * 0.4 + STABLE) / (0.2**2 + 0.4**2 + STABLE)
    structure = (2 * -0.01 + STABLE) / (2 * 0.01 + STABLE)
    expected = 0.1 * (1 - texture) + 0.3 * (1 - structure)
    assert one_layer.distance([a], [b]) == pytest.approx(expected, rel=1e-6)


def test_channels_are_centred(one_layer, monkeypatch):
    monkeypatch.setattr("tfgan_codec.metrics.vgg16.features", lambda *_, **__: [])
    picture = np.random.default_rng(2).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    (layer,) = one_layer.features(picture)
    assert layer.means == pytest.approx(picture.mean(axis=(0, 1)) / 255, abs=1e-6)
    assert np.abs(layer.centered.mean(axis=0)).max() < 1e-6
    # Covariance with itself is the variance, of which a picture twice as bright has four times.
    assert one_layer.distance([layer], [layer]) == 0.0


def test_pool_keeps_a_constant_and_sees_energy():
    inside = l2_pool(np.full((1, 6, 6, 2), -3.0, np.float32))[0, 1:, 1:]
    assert inside == pytest.approx(3.0)
    spike = np.zeros((1, 5, 5, 1), np.float32)
    spike[0, 2, 2] = 8.0  # weighted 1/4 where the window stands on it, of squares
    assert l2_pool(spike)[0, :, :, 0] == pytest.approx(
        np.array([[0, 0, 0], [0, 4, 0], [0, 0, 0]]), abs=1e-5
    )


def test_missing_weights_are_explained(tmp_path):
    with pytest.raises(
        weights.WeightsMissingError, match=r"dists.npz is not there; .*apps.weights"
    ):
        Dists(tmp_path)
