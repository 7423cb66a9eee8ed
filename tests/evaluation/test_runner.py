import json
import shutil

import numpy as np
import pytest
from PIL import Image
from sample_pictures import pixels

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import measure, runner, schema
from tfgan_codec.evaluation.codecs import create
from tfgan_codec.metrics import ms_ssim, psnr

SCHEMA = [
    *("codec", "version", "setting", "trained_on", "image", "width", "height", "bytes", "bpp"),
    *("psnr", "ms_ssim", "lpips", "lpips_vgg", "dists", "wasserstein", "psnr_chroma", "ciede2000"),
    *("encode_s", "decode_s"),
    *("params", "kmac_per_pixel", "encode_kmac_per_pixel", "command", "commit", "absent"),
]


class FakeInception:
    """Means of pictures, in place of the network."""

    def __init__(self, weights):
        del weights

    def __call__(self, pictures):
        features = [np.resize(picture.mean(axis=0), (2048,)) for picture in pictures]
        return np.array(features, np.float32).reshape(-1, 2048)


@pytest.fixture
def inception(monkeypatch):
    monkeypatch.setattr(measure, "Inception", FakeInception)


def test_records_hold_what_real_files_give(results, pictures_dir):
    assert len(results.records) == 2 * 3 * 3
    for row in results.records:
        assert list(row) == SCHEMA
    row = results.records[0]
    picture = np.asarray(Image.open(pictures_dir / row["image"]))
    codec = create("jpeg")
    data = codec.encode(picture, row["setting"])
    assert row["bytes"] == len(data)
    assert row["bpp"] == 8 * len(data) / (176 * 208)
    assert row["psnr"] == psnr(picture, codec.decode(data))
    assert row["ms_ssim"] == ms_ssim(picture, codec.decode(data))
    assert row["absent"]["lpips"] == "not asked for"
    assert row["absent"]["params"] == "not a network"


def test_sets_are_means(results):
    assert [(row["codec"], row["setting"]) for row in results.sets[:3]] == [
        ("jpeg", "5"),
        ("jpeg", "20"),
        ("jpeg", "60"),
    ]
    rows = [r for r in results.records if (r["codec"], r["setting"]) == ("webp", "20")]
    (mean,) = [r for r in results.sets if (r["codec"], r["setting"]) == ("webp", "20")]
    assert mean["images"] == 3
    for key in ("bpp", "psnr", "ms_ssim", "encode_s"):
        assert mean[key] == pytest.approx(np.mean([row[key] for row in rows]))


def test_worker_processes_find_the_same(results, pictures_dir, tmp_path):
    pictures = runner.find_pictures(pictures_dir)
    plan = runner.Plan([create("jpeg=5/20/60")], pictures, ("psnr", "ms_ssim"), jobs=2)
    found = runner.run(plan._replace(files=tmp_path))
    for metric in ("psnr", "ms_ssim", "bytes"):
        expected = [row[metric] for row in results.records if row["codec"] == "jpeg"]
        assert [row[metric] for row in found.records] == pytest.approx(expected, rel=1e-6)
    assert (tmp_path / "jpeg-20" / "picture2.jpg").stat().st_size == found.records[-2]["bytes"]


def test_an_unreadable_picture_is_said_and_the_rest_goes_on(pictures_dir, tmp_path):
    shutil.copytree(pictures_dir, tmp_path / "set")
    (tmp_path / "set" / "broken.png").write_bytes(b"\x89PNG but not really")
    pictures = runner.find_pictures(tmp_path / "set")
    found = runner.run(runner.Plan([create("jpeg=5")], pictures, ("psnr",)))
    assert found.about["images"] == 3
    assert found.sets[0]["images"] == 3
    assert len(found.problems) == 1
    assert found.problems[0].startswith("broken.png left out: ")


def test_a_codec_that_fails_on_a_picture_is_said_and_the_rest_goes_on(pictures_dir):
    class Moody:
        name = encoder = "moody"
        version, extension, settings = "1", "x", ("1",)
        complexity, trained_on = create("jpeg").complexity, []

        def encode(self, picture, setting):
            if picture[0, 0, 0] == pixels(208, 176, 1)[0, 0, 0]:
                raise RuntimeError("not today")
            return b"12345"

        def decode(self, data):
            return np.zeros((176, 208, 3), np.uint8)

    pictures = runner.find_pictures(pictures_dir)
    found = runner.run(runner.Plan([Moody(), create("jpeg=5")], pictures, ("psnr",)))
    assert found.problems == ["moody 1 failed on picture1.png: not today"]
    assert [row["images"] for row in found.sets] == [2, 3]


def test_one_picture_has_no_fid_and_the_rest_goes_on(pictures_dir, inception):
    picture = pictures_dir / "picture0.png"
    found = runner.run(runner.Plan([create("jpeg=5")], runner.find_pictures(picture)))
    (row,) = found.sets
    assert row["fid"] is None
    assert row["absent"]["fid"] == "a set of one picture has no spread to compare"
    assert row["absent"]["fid_256"] == "the pictures hold fewer than two patches of 256x256"
    assert row["psnr"] > 10


def test_distances_of_sets(pictures_dir, inception):
    pictures = runner.find_pictures(pictures_dir)
    found = runner.run(runner.Plan([create("jpeg=5/50")], pictures, ("fid", "kid")))
    coarse, fine = found.sets
    assert coarse["fid"] > fine["fid"] > 0
    assert coarse["kid"] is not None
    assert "fid" not in coarse["absent"]


def test_missing_weights_are_said_and_the_rest_goes_on(pictures_dir, tmp_path):
    pictures = runner.find_pictures(pictures_dir)
    found = runner.run(runner.Plan([create("jpeg=5")], pictures, weights=str(tmp_path)))
    (row,) = found.sets
    assert row["lpips"] is None
    assert row["fid"] is None
    assert row["ms_ssim"] > 0.3
    assert "lpips_alex.npz is not there" in row["absent"]["lpips"]
    assert "dists.npz is not there" in row["absent"]["dists"]
    assert "vgg16_features_lpips.npz is not there" in row["absent"]["wasserstein"]
    assert "inception_fid.npz is not there" in row["absent"]["kid_256"]
    assert len(found.problems) == 4


def test_small_pictures_have_no_ms_ssim_and_equal_ones_no_psnr(tmp_path):
    Image.fromarray(np.full((40, 60, 3), 128, np.uint8)).save(tmp_path / "flat.png")
    plan = runner.Plan([create("webp=100")], runner.find_pictures(tmp_path), ("psnr", "ms_ssim"))
    (row,) = runner.run(plan).records
    assert row["psnr"] is None
    assert row["absent"]["psnr"] == "equal to the original: infinite"
    assert "at least 161 pixels a side" in row["absent"]["ms_ssim"]


def test_nothing_measured_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        runner.find_pictures(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="holds no pictures"):
        runner.find_pictures(tmp_path)
    (tmp_path / "broken.png").write_bytes(b"")
    plan = runner.Plan([create("jpeg=5")], runner.find_pictures(tmp_path), ("psnr",))
    with pytest.raises(UsageError, match=r"nothing could be measured: broken\.png left out"):
        runner.run(plan)
    with pytest.raises(UsageError, match="no metric vmaf"):
        runner.run(plan._replace(metrics=("vmaf",)))


def test_results_files_are_read_again(results, tmp_path):
    schema.save(results, tmp_path / "deeper" / "results.json")
    found = schema.load(tmp_path / "deeper" / "results.json")
    assert found.about == results.about
    assert found.problems == results.problems
    assert [list(row) for row in found.records] == [list(row) for row in results.records]
    for row, original in zip(found.sets, results.sets):
        assert row["psnr"] == pytest.approx(original["psnr"], abs=1e-5)
    (tmp_path / "other.json").write_text("[1, 2]")
    with pytest.raises(UsageError, match="no results file"):
        schema.load(tmp_path / "other.json")
    with pytest.raises(UsageError, match="No such file"):
        schema.load(tmp_path / "nothing.json")


def test_results_of_earlier_versions_lack_the_metrics_that_are_new(results, tmp_path):
    schema.save(results, tmp_path / "results.json")
    old = json.loads((tmp_path / "results.json").read_text())
    for row in (*old["records"], *old["sets"]):
        del row["dists"], row["absent"]["dists"], row["trained_on"]
    (tmp_path / "old.json").write_text(json.dumps(old))
    found = schema.load(tmp_path / "old.json")
    for row in (*found.records, *found.sets):
        assert row["trained_on"] is row["dists"] is None
        assert row["absent"]["dists"] == "not known when this was measured"
        assert row["psnr"] > 10
