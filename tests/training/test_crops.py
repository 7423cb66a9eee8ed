"""Training crops are functions of seed and number alone."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("tensorflow")

from tfgan_codec.data.crops import crops, enlarged, middle_crops, random_crop
from tfgan_codec.data.files import picture_files
from tfgan_codec.data.pool import Pool


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for number, size in enumerate([(90, 70), (64, 200), (40, 50)]):
        pixels = random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        (tmp_path / str(number % 2)).mkdir(exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / str(number % 2) / f"{number}.png")
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def batches(folder: Path, count: int, **kwargs) -> list[np.ndarray]:
    return [b.numpy() for b in crops(str(folder), crop=64, batch=2, seed=5, **kwargs).take(count)]


def test_a_resumed_run_sees_what_it_would_have_seen(folder: Path):
    whole = batches(folder, 6)
    assert whole[0].shape == (2, 64, 64, 3)
    assert whole[0].dtype == np.uint8
    for want, got in zip(whole[4:], batches(folder, 2, first_step=4)):
        np.testing.assert_array_equal(want, got)


def test_every_picture_is_used_once_per_epoch(folder: Path):
    for number, path in enumerate(picture_files(folder)):
        Image.new("RGB", (64, 64), (40 * number, 0, 0)).save(path)
    seen = np.concatenate(batches(folder, 3))[:, 0, 0, 0]
    assert sorted(seen[:3]) == sorted(seen[3:]) == [0, 40, 80]


def test_small_pictures_are_enlarged():
    assert enlarged(np.zeros([50, 40, 3], np.uint8), 64).shape == (80, 64, 3)
    large = np.zeros([64, 90, 3], np.uint8)
    assert enlarged(large, 64) is large


def test_workers_and_replicas_share_each_step(folder: Path):
    """Two workers with two replicas each: every replica gets its quarter of the step's crops."""
    whole = [b.numpy() for b in crops(str(folder), 64, 8, seed=5).take(2)]
    for worker in range(2):
        share = crops(str(folder), 64, 8, seed=5, workers=2, worker=worker, replicas=2)
        parts = [b.numpy() for b in share.take(4)]
        for step in range(2):
            own = whole[step][4 * worker : 4 * worker + 4]
            np.testing.assert_array_equal(np.concatenate(parts[2 * step : 2 * step + 2]), own)


def test_middle_crops_are_fixed(folder: Path):
    pieces = middle_crops(Pool(str(folder)), 64, 2)
    assert pieces.shape == (2, 64, 64, 3)
    first = np.asarray(Image.open(picture_files(folder)[0]))
    top, left = (first.shape[0] - 64) // 2, (first.shape[1] - 64) // 2
    np.testing.assert_array_equal(pieces[0], first[top : top + 64, left : left + 64])


def test_crops_are_cut_from_inside_at_full_resolution_or_shrunk():
    rows = np.repeat(np.arange(200, dtype=np.uint8)[:, None, None], 200, axis=1)
    picture = np.repeat(rows, 3, axis=2)
    steps = set()
    for seed in range(40):
        crop = random_crop(picture, 64, np.random.default_rng(seed)).astype(int)
        assert crop.shape == (64, 64, 3)
        steps.add(round((crop[-1, 0, 0] - crop[0, 0, 0]) / 63, 1))
    assert min(steps) == 1.0  # never enlarged
    assert 1.6 < max(steps) <= 2.0  # shrunk to no less than a half
