import numpy as np
import pytest
from sample_pictures import pixels

from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.measure import SET_FEATURES, Meter
from tfgan_codec.metrics import Dists, Lpips, Wasserstein, ciede2000, psnr, psnr_chroma

SMALL = ("lpips_vgg", "wasserstein", "dists")


@pytest.fixture(scope="module")
def versions():
    original = pixels(96, 112, 1)
    noise = np.random.default_rng(1).integers(-20, 21, original.shape)
    return original, [original, np.clip(original + noise, 0, 255).astype(np.uint8), original[::-1]]


def test_every_metric_is_that_of_its_function(versions, dists_dir):
    original, decoded = versions
    metrics = [*SMALL, "psnr", "psnr_chroma", "ciede2000"]
    _, measured = Meter(metrics, dists_dir).measure(original, decoded)
    functions = {
        "psnr": psnr,
        "psnr_chroma": psnr_chroma,
        "ciede2000": ciede2000,
        "dists": Dists(dists_dir),
        "lpips_vgg": Lpips("vgg", dists_dir),
        "wasserstein": Wasserstein(dists_dir),
    }
    for picture, found in zip(decoded[1:], measured[1:]):
        assert set(found.values) == set(metrics)
        for metric, function in functions.items():
            assert found.values[metric] == pytest.approx(function(original, picture)), metric
    same = measured[0]
    assert same.absent["psnr_chroma"] == "equal to the original: infinite"
    assert [same.values[m] for m in (*SMALL, "ciede2000")] == [0.0] * 4


def test_two_metrics_of_one_network_run_it_once(versions, shared_dir, monkeypatch):
    original, decoded = versions
    ran = []
    monkeypatch.setattr(
        "tfgan_codec.metrics.vgg16.features",
        lambda weights, picture, *_: ran.append(picture.shape) or [np.ones((4, 4, 3))] * 5,
    )
    meter = Meter(("wasserstein", "lpips_vgg"), shared_dir / "weights")
    monkeypatch.setattr(Lpips, "distance", lambda *_: 0.5)
    _, measured = meter.measure(original, decoded)
    assert len(ran) == 1 + len(decoded)
    assert measured[0].values == {"wasserstein": 0.0, "lpips_vgg": 0.5}


def test_too_small_pictures_and_missing_weights_have_reasons(shared_dir, tmp_path):
    picture = np.zeros((7, 50, 3), np.uint8)
    meter = Meter((*SMALL, "ms_ssim"), tmp_path)
    _, (found,) = meter.measure(picture, [picture])
    assert found.values == dict.fromkeys((*SMALL, "ms_ssim"))
    assert "dists.npz is not there" in found.absent["dists"]
    assert "vgg16_features_lpips.npz is not there" in found.absent["wasserstein"]
    assert "at least 161 pixels" in found.absent["ms_ssim"]
    _, (found,) = Meter(["wasserstein"], shared_dir / "weights").measure(picture, [picture])
    assert "at least 8 pixels a side, the picture is 50x7" in found.absent["wasserstein"]


def test_every_metric_of_the_schema_can_be_measured():
    names = set(Meter(schema.METRICS, "/no/such/folder").unavailable)
    assert set(schema.PICTURE_METRICS) - names == {"psnr", "ms_ssim", "psnr_chroma", "ciede2000"}
    assert set(SET_FEATURES) == set(schema.SET_METRICS)
