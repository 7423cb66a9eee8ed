"""Training crops are functions of seed and number alone."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from tfgan_codec.data.folder import crops, picture_files, random_crop, read_picture


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
    return [b.numpy() for b in crops(folder, crop=64, batch=2, seed=5, **kwargs).take(count)]


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


def test_small_pictures_are_enlarged(folder: Path):
    assert read_picture(picture_files(folder)[1], 64).shape == (80, 64, 3)


def test_crops_are_cut_from_inside_at_full_resolution_or_shrunk():
    rows = np.repeat(np.arange(200, dtype=np.uint8)[:, None, None], 200, axis=1)
    picture = np.repeat(rows, 3, axis=2)
    steps = set()
    for seed in range(40):
        crop = random_crop(picture, 64, np.random.default_rng(seed)).astype(int)
        assert crop.shape == (64, 64, 3)
        steps.add(round((crop[-1, 0, 0] - crop[0, 0, 0]) / 63, 1))
    assert min(steps) == 1.0  # never enlarged
    assert 1.3 < max(steps) <= 1.7  # shrunk to no less than 0.6


def test_a_folder_without_pictures_is_refused(tmp_path: Path):
    with pytest.raises(tgc.UsageError, match="no pictures"):
        picture_files(tmp_path)
