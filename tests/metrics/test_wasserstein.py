import numpy as np
import pytest
from PIL import Image

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics.wasserstein import Wasserstein, statistics

# What Cool-Chic's code (a6fe38a) gives for standardized pictures with torchvision's VGG16.
REFERENCE = {
    "01_jpeg10": 3.015895,
    "02_blur": 10.843666,
    "03_jpeg5": 7.342995,
    "04_webp1_odd": 4.773346,
    "05_noise15": 3.943718,
    "06_down4": 6.298758,
    "07_avif8": 3.917106,
    "08_synthetic_shift1": 3.716760,
    "09_flat_plus8": 0.00781932,
    "10_black_white": 2.705807,
    "11_identical": 0.0,
    "12_channels_swapped": 0.749665,
}


def weighted(a, b):
    """The distortion of two lists of layers, without a network."""
    return Wasserstein.distance(None, statistics(a), statistics(b))


def test_equals_the_reference_code_on_twelve_pairs(shared_dir):
    folder, measure = shared_dir / "weights" / "parity", Wasserstein(shared_dir / "weights")
    worst = 0.0
    for name, expected in REFERENCE.items():
        a, b = (
            np.asarray(Image.open(folder / f"{name}_{kind}.png").convert("RGB"))
            for kind in ("ref", "dec")
        )
        worst = max(worst, abs(measure(a, b) - expected) / max(expected, 1e-9))
    print(f"Wasserstein distortion: largest difference {worst:.1e} of the value")
    assert worst < 2e-4


def test_far_from_borders_one_level_counts_with_all_its_weight():
    levels = statistics([np.zeros((96, 96, 1), np.float32)])
    middle = [
        float(level.weight[len(level.weight) // 2, len(level.weight[0]) // 2, 0])
        for level in levels
    ]
    assert [len(level.means) for level in levels] == [48, 24]  # of level 2 and 3
    assert middle == [0.0, 1.0]
    assert levels[0].weight.max() < 1.0  # only at borders


def test_means_and_deviations_far_from_borders():
    # Stripes of 0 and 2: every neighbourhood has mean 1 and deviation 1.
    stripes = np.zeros((256, 256, 1), np.float32)
    stripes[:, ::2] = 2.0
    level = statistics([stripes])[-1]
    assert level.means[10:-10, 10:-10] == pytest.approx(1.0)
    assert level.deviations[10:-10, 10:-10] == pytest.approx(1.0, abs=1e-5)


def test_moved_texture_costs_less_than_lost_texture():
    rng = np.random.default_rng(3)
    noise = rng.standard_normal((2, 128, 128, 1)).astype(np.float32)
    flat = np.zeros_like(noise[0])
    same_kind, lost = weighted([noise[0]], [noise[1]]), weighted([noise[0]], [flat])
    squared_error = np.mean((noise[0] - noise[1]) ** 2) / np.mean(noise[0] ** 2)
    assert squared_error > 1.9  # to which the other noise is twice as bad as none
    assert same_kind < 0.1 * lost


def test_layers_add_up_and_symmetry():
    a, b, c, d = np.random.default_rng(4).standard_normal((4, 40, 33, 2)).astype(np.float32)
    assert weighted([a, b], [c, d]) == pytest.approx(weighted([a], [c]) + weighted([b], [d]))
    assert weighted([a], [c]) == weighted([c], [a]) > 0
    assert weighted([a], [a]) == 0.0


def test_too_small_pictures_are_refused_and_smallest_measured(shared_dir):
    measure = Wasserstein(shared_dir / "weights")
    with pytest.raises(UsageError, match="at least 8 pixels a side, the picture is 9x7"):
        measure.features(np.zeros((7, 9, 3), np.uint8))
    picture = np.zeros((8, 8, 3), np.uint8)
    assert measure(picture, picture + 90) > 0
