import json

import numpy as np
import pytest
from PIL import Image

from tfgan_codec.errors import UsageError
from tfgan_codec.metrics.fid import frechet_distance, patches
from tfgan_codec.metrics.inception import Inception, resize


def gaussian_sample(rng, count, mean, covariance):
    """Samples whose mean and covariance are exactly these, not only in expectation."""
    x = rng.standard_normal((count, len(mean)))
    x -= x.mean(axis=0)
    x = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
    return x @ np.linalg.cholesky(covariance).T + mean


def test_known_gaussians_give_the_closed_form():
    rng = np.random.default_rng(1)
    a = gaussian_sample(rng, 50, np.array([1.0, 2.0, 3.0]), np.diag([1.0, 4.0, 9.0]))
    b = gaussian_sample(rng, 80, np.array([1.0, 0.0, 4.0]), np.diag([4.0, 4.0, 1.0]))
    # |mu|^2 = 0 + 4 + 1; per axis (s - t)^2 = 1 + 0 + 4
    assert frechet_distance(a, b) == pytest.approx(10.0, abs=1e-9)
    assert frechet_distance(b, a) == pytest.approx(10.0, abs=1e-9)


def test_covariances_that_do_not_commute():
    rng = np.random.default_rng(2)
    first, second = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 5.0]])
    a = gaussian_sample(rng, 30, np.zeros(2), first)
    b = gaussian_sample(rng, 30, np.zeros(2), second)
    # tr((AB)^(1/2)) of 2x2 matrices is sqrt(tr(AB) + 2 sqrt(det(AB)))
    product = first @ second
    cross = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    assert frechet_distance(a, b) == pytest.approx(4.0 + 6.0 - 2 * cross, abs=1e-9)


@pytest.mark.parametrize("count", [24, 300])
def test_a_set_with_itself_is_at_distance_zero(count):
    features = np.random.default_rng(3).gamma(0.3, 1.0, (count, 256)).astype(np.float32)
    assert abs(frechet_distance(features, features)) < 1e-3


def test_one_picture_is_refused():
    with pytest.raises(UsageError, match="at least 2 pictures"):
        frechet_distance(np.zeros((1, 8)), np.zeros((3, 8)))


def test_patches_are_two_grids_half_a_patch_apart():
    picture = np.arange(512 * 768).reshape(512, 768, 1)
    found = patches(picture)
    assert len(found) == 6 + 2
    assert found[6][0, 0, 0] == 128 * 768 + 128
    assert {patch.shape for patch in found} == {(256, 256, 1)}
    assert patches(picture[:255]) == []


def test_resize_is_the_one_of_tensorflow_1():
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(4)
    for shape in ((97, 512, 3), (299, 299, 3), (768, 301, 3)):
        picture = rng.integers(0, 256, shape, dtype=np.uint8)
        expected = tf.compat.v1.image.resize_bilinear(picture[None].astype(np.float32), [299, 299])
        np.testing.assert_allclose(resize(picture), expected[0], atol=2e-3)


def test_inception_equals_the_original_network(shared_dir):
    folder = shared_dir / "weights" / "parity"
    content = json.loads((folder / "parity.json").read_text())
    inception = Inception(shared_dir / "weights")
    features = {}
    for kind in ("ref", "dec"):
        names = [pair[kind] for pair in content["pairs"]]
        features[kind] = inception([np.asarray(Image.open(folder / n)) for n in names])
    for i, pair in enumerate(content["pairs"]):
        expected = pair["pool3_ref"]
        np.testing.assert_allclose(features["ref"][i, :6], expected["first"], atol=0.01)
        assert np.linalg.norm(features["ref"][i]) == pytest.approx(expected["norm"], abs=0.05)
    distance = frechet_distance(features["ref"], features["dec"])
    assert distance == pytest.approx(content["fid_12_pairs"], abs=0.3)  # float16 weights
    assert abs(frechet_distance(features["ref"], features["ref"])) < 1e-3
