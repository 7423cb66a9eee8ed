import pytest

from tfgan_codec import load
from tfgan_codec.evaluation.codecs import create
from tfgan_codec.evaluation.trained_on import measures

PHASE = [1.0, 192, 6, 0.0, 0.0, False, False, [], 1, 0.0]


def info(*losses, phases=(PHASE,)):
    return {"training": {"loss": list(losses), "phases": list(phases)}}


def test_the_shipped_decoders():
    told = load("mobile").bundle.info
    assert measures(told, 0.0) == ["psnr", "ms_ssim", "lpips"]
    assert measures(told, 1.0) == ["psnr", "lpips"]


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("mse:weight=0.002", ["psnr"]),
        ("lpips:weight=1:shift=true", ["lpips"]),
        ("lpips:net=vgg:bfloat16=true", ["lpips_vgg"]),
        ("dists:weight=0.5", ["dists"]),
        ("wasserstein:sigma=8", ["wasserstein"]),
        ("lpips:weight=0@0.1,0.15@0.2,0@0.9", ["lpips"]),
        ("lpips:weight=0", []),
        ("lpips:weight=0@0.1,0@0.9", []),
        ("contextual", []),
    ],
)
def test_losses(loss, expected):
    assert measures(info(loss), 0.0) == expected


def test_distortion_of_phases():
    phases = [[0.5, *PHASE[1:3], 0.0, 1.7, *PHASE[5:]], PHASE]
    assert measures(info(phases=phases), 0.0) == ["ms_ssim"]


def test_a_search_adds_what_it_seeks():
    told = info("wasserstein")
    assert measures(told, 0.0, "realism100") == ["psnr", "ms_ssim", "lpips", "wasserstein"]
    assert measures(told, 0.0, "fidelity20") == ["psnr", "ms_ssim", "wasserstein"]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"training": None},
        {"training": {"loss": 3, "phases": []}},
        {"training": {"loss": [None], "phases": []}},
        {"training": {"loss": [":::"], "phases": []}},
        {"training": {"loss": ["mse"], "phases": [[1]]}},
        {"training": {"loss": ["mse"], "phases": [["a"] * 9]}},
        {"training": {"loss": ["mse"]}},
    ],
)
def test_what_cannot_be_read_is_not_known(told):
    assert measures(told, 0.0) is None


def test_codecs_have_it(tiny_dir):
    assert create(str(tiny_dir)).trained_on is None  # made by hand
    assert create("jpeg").trained_on == []
    assert create("mobile@0").trained_on == ["psnr", "ms_ssim", "lpips"]
