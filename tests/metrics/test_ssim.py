import numpy as np
import pytest

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics import ms_ssim, ssim


def random_pair(rng, smallest=161, largest=300):
    """A picture of soft random shapes, and a version of it with noise, blur or less contrast."""
    height, width = rng.integers(smallest, largest, 2)
    blocks = rng.uniform(0, 220, (height // 16 + 2, width // 16 + 2, 3))
    blocks = blocks.repeat(16, 0).repeat(16, 1)
    shifts = [(i, j) for i in range(0, 16, 3) for j in range(0, 16, 3)]
    soft = sum(np.roll(blocks, shift, (0, 1)) for shift in shifts) / len(shifts)
    a = np.clip(soft[:height, :width] + rng.normal(0, 12, (height, width, 3)), 0, 255)
    kind = rng.integers(3)
    if kind == 0:
        b = a + rng.normal(0, rng.uniform(3, 50), a.shape)
    elif kind == 1:
        b = (a + np.roll(a, 1, 0) + np.roll(a, 1, 1)) / 3
    else:
        b = a * rng.uniform(0.5, 0.95)
    return a.astype(np.uint8), np.clip(b, 0, 255).astype(np.uint8)


def defined_ssim(a, b):
    """SSIM written down from its definition, in float64."""
    taps = np.exp(-0.5 * ((np.arange(11) - 5) / 1.5) ** 2)
    taps /= taps.sum()

    def blur(v):
        rows = sum(t * v[i : i + v.shape[0] - 10] for i, t in enumerate(taps))
        return sum(t * rows[:, i : i + v.shape[1] - 10] for i, t in enumerate(taps))

    x, y = a.astype(np.float64), b.astype(np.float64)
    c1, c2 = 2.55**2, 7.65**2
    mx, my = blur(x), blur(y)
    luminance = (2 * mx * my + c1) / (mx**2 + my**2 + c1)
    structure = (2 * (blur(x * y) - mx * my) + c2) / (blur(x * x + y * y) - mx**2 - my**2 + c2)
    return np.mean(luminance * structure)


def test_ssim_is_the_definition():
    # Compared in float64: tf.image.ssim itself is off by up to 2e-4 on bright flat pictures, since
    # it subtracts squared means from mean squares in float32.
    rng = np.random.default_rng(3)
    pairs = [random_pair(rng) for _ in range(12)]
    bright = np.full((170, 190, 3), 250, np.uint8)
    pairs.append((bright, bright + rng.integers(0, 5, bright.shape, dtype=np.uint8)))
    assert max(abs(ssim(a, b) - defined_ssim(a, b)) for a, b in pairs) < 1e-6


def test_ms_ssim_equals_tensorflow_on_fifty_random_pairs():
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(3)
    worst = 0.0
    for _ in range(50):
        a, b = random_pair(rng)
        worst = max(worst, abs(ms_ssim(a, b) - float(tf.image.ssim_multiscale(a, b, 255))))
    print(f"largest difference: {worst:.2e}")
    assert worst < 1e-5


def test_ssim_equals_tensorflow_where_its_float32_is_good_enough():
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(3)
    for _ in range(10):
        a = rng.integers(0, 256, (40, 60, 3))
        b = np.clip(a + rng.normal(0, 40, a.shape), 0, 255)
        a, b = a.astype(np.uint8), b.astype(np.uint8)
        assert ssim(a, b) == pytest.approx(float(tf.image.ssim(a, b, 255)), abs=1e-5)


def test_equal_pictures_give_one_even_where_flat_and_bright():
    a = np.full((180, 200, 3), 254, np.uint8)
    a[50:90, 50:90] = 255
    assert ssim(a, a) == pytest.approx(1.0, abs=1e-6)
    assert ms_ssim(a, a) == pytest.approx(1.0, abs=1e-6)


def test_floats_and_bytes_agree():
    a, b = random_pair(np.random.default_rng(5))
    assert ms_ssim(a.astype(np.float64), b.astype(np.float32)) == pytest.approx(
        ms_ssim(a, b), abs=1e-6
    )


def test_too_small_pictures_are_refused_with_the_size_needed():
    with pytest.raises(UsageError, match="at least 161 pixels a side, the picture is 300x160"):
        ms_ssim(np.zeros((160, 300, 3)), np.zeros((160, 300, 3)))
    with pytest.raises(UsageError, match="at least 11"):
        ssim(np.zeros((10, 300, 3)), np.zeros((10, 300, 3)))
    assert ms_ssim(np.zeros((161, 161, 3)), np.zeros((161, 161, 3))) == pytest.approx(1.0)
