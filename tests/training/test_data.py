"""Sources of pictures: folders, lists, TFDS, weights, and what happens to broken pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tfgan_codec as tgc
from tfgan_codec.data.files import listed_files, picture_files
from tfgan_codec.data.pool import Pool
from tfgan_codec.data.sources import open_source


def fill(folder: Path, shades: range, suffix: str = ".png") -> Path:
    """Pictures of one colour each, by which they can be told apart."""
    folder.mkdir(parents=True, exist_ok=True)
    for shade in shades:
        Image.new("RGB", (64, 64), (shade, 0, 0)).save(folder / f"{shade:03d}{suffix}")
    return folder


def shades(pool: Pool, numbers: range, seed: int = 0) -> list[int]:
    return [int(pool.draw(seed, number)[0, 0, 0]) for number in numbers]


def test_a_folder_tree_gives_every_picture_once_per_epoch(tmp_path: Path):
    fill(tmp_path / "a" / "b", range(3))
    fill(tmp_path / "c", range(3, 5))
    (tmp_path / "notes.txt").write_text("not a picture")
    pool = Pool(str(tmp_path))
    first, second = shades(pool, range(5)), shades(pool, range(5, 10))
    assert sorted(first) == sorted(second) == [0, 1, 2, 3, 4]
    assert first != second
    assert shades(pool, range(7, 9)) == second[2:4]  # a function of the number alone
    assert shades(pool, range(5), seed=1) != first


def test_a_list_names_pictures_relative_to_itself(tmp_path: Path):
    fill(tmp_path / "a", range(4))
    (tmp_path / "list.txt").write_text("# two of four\na/003.png\n\na/001.png\n")
    assert sorted(shades(Pool(str(tmp_path / "list.txt")), range(2))) == [1, 3]
    (tmp_path / "empty.txt").write_text("\n")
    with pytest.raises(tgc.UsageError, match="lists no pictures"):
        listed_files(tmp_path / "empty.txt")


@pytest.mark.parametrize(("weights", "expected"), [(("", ""), 0.25), (("*1", "*3"), 0.75)])
def test_sources_are_drawn_by_weight_or_size(tmp_path: Path, weights, expected: float):
    """Without weights the second source has a quarter of the pictures."""
    fill(tmp_path / "a", range(6))
    fill(tmp_path / "b", range(100, 102))
    pool = Pool([f"{tmp_path / 'a'}{weights[0]}", f"{tmp_path / 'b'}{weights[1]}"])
    drawn = shades(pool, range(1000))
    assert np.mean(np.array(drawn) >= 100) == pytest.approx(expected, abs=1e-9)
    assert shades(pool, range(990, 1010))[:10] == drawn[990:]
    # Within each source every picture comes equally often.
    first = [shade for shade in drawn if shade < 100]
    counts = np.bincount(first)
    assert counts.max() - counts.min() <= 1


def test_weights_are_all_or_none(tmp_path: Path):
    place = fill(tmp_path / "a", range(2))
    with pytest.raises(tgc.UsageError, match="a weight"):
        Pool([f"{place}*2", str(place)])
    with pytest.raises(tgc.UsageError, match="cannot read the weight"):
        open_source(f"{place}*-1")
    with pytest.raises(tgc.UsageError, match="no pictures at"):
        open_source(str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(tgc.UsageError, match="no pictures found"):
        picture_files(tmp_path / "empty")


def test_broken_pictures_are_skipped_counted_and_listed(tmp_path: Path):
    place = fill(tmp_path / "a", range(40))
    (place / "007.png").write_bytes((place / "007.png").read_bytes()[:60])
    (place / "020.png").write_bytes(b"")
    listing = tmp_path / "broken.txt"
    pool = Pool(str(place))
    pool.list_broken(listing)
    drawn = shades(pool, range(40))
    assert set(drawn) == set(range(40)) - {7, 20}
    assert sorted(drawn).count(8) == sorted(drawn).count(21) == 2  # the next ones stand in
    assert listing.read_text().splitlines() == [str(place / "007.png"), str(place / "020.png")]
    assert shades(Pool(str(place)), range(40)) == drawn


def test_too_many_broken_pictures_stop_the_run(tmp_path: Path):
    place = fill(tmp_path / "a", range(40))
    for number in range(3):  # of 40: more than 5 %
        (place / f"{number:03d}.png").write_text("no picture")
    pool = Pool(str(place))
    with pytest.raises(tgc.UsageError, match="3 of 40 pictures are broken"):
        shades(pool, range(40))
    assert "3 of 40" in str(pool.problem)


def test_decoded_pictures_stay_within_the_budget(tmp_path: Path, monkeypatch):
    place = fill(tmp_path / "a", range(8))
    read = []
    one = 64 * 64 * 3 / 2**20
    pool = Pool(str(place), cache_mb=3.5 * one)
    source = pool._sources[0]
    original = source.read
    monkeypatch.setattr(source, "read", lambda n: read.append(n) or original(n))
    shades(pool, range(8))
    assert len(read) == 8
    shades(pool, range(8, 16))
    assert len(read) == 8 + 5  # three were kept
    kept = sum(picture.nbytes for picture in pool._kept.values())
    assert kept == 3 * 64 * 64 * 3


def test_the_inventory_tells_names_and_sizes(tmp_path: Path):
    place = fill(tmp_path / "a", range(3))
    before = Pool(str(place)).inventory()
    assert before.pictures == 3
    assert before.bytes == sum(path.stat().st_size for path in picture_files(place))
    moved = fill(tmp_path / "elsewhere" / "b", range(3))
    assert Pool(str(moved)).inventory() == before
    (moved / "000.png").write_bytes(b"other")
    assert Pool(str(moved)).inventory() != before


def test_tfds_gives_pictures_by_number():
    tfds = pytest.importorskip("tensorflow_datasets")
    with tfds.testing.mock_data(num_examples=6):
        pool = Pool("tfds:oxford_iiit_pet@test")
        assert len(pool) == 6
        drawn = [pool.draw(0, number) for number in range(6)]
        assert all(x.dtype == np.uint8 and x.shape[2] == 3 for x in drawn)
        np.testing.assert_array_equal(pool.draw(0, 4), drawn[4])
        assert pool.inventory().pictures == 6
        grey = Pool("tfds:mnist").draw(0, 0)
        assert grey.shape == (28, 28, 3)
        with pytest.raises(tgc.UsageError, match="no feature called image"):
            Pool("tfds:ag_news_subset")
    with pytest.raises(tgc.UsageError, match="cannot open tfds:no_such_dataset"):
        Pool("tfds:no_such_dataset")
