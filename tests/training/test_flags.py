"""Every flag file in apps/flags asks for things that exist."""

from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

from apps import train as train_app
from tfgan_codec import losses, models, techniques
from tfgan_codec.losses import adversarial, gradient_penalty
from tfgan_codec.specs.grammar import parse
from tfgan_codec.training import run
from tfgan_codec.training.config import RunConfig
from tfgan_codec.training.ramps import Ramps

FLAGS = sorted((Path(__file__).parents[2] / "apps" / "flags").glob("*.flags"))


@pytest.mark.parametrize("path", FLAGS, ids=lambda path: path.stem)
def test_flag_files_make_a_run(path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    asked: list[RunConfig] = []
    monkeypatch.setattr(run, "train", asked.append)
    command = ["train", f"--flagfile={path}", "--data=photos", "--out=run", "--steps=10"]
    assert train_app.main(command) == 0, capsys.readouterr().err
    (config,) = asked
    name, arguments = parse(config.model)
    models.build(name, **arguments)
    adversarial.build(config.adversarial)
    ramps = Ramps()
    losses.build(ramps.specs(text for text in config.loss if not text.startswith("lpips")))
    techniques.build(ramps.specs(config.technique))
    if config.gradient_penalty:
        penalty, options = parse(config.gradient_penalty)
        gradient_penalty.build(penalty, **options)
    assert bool(config.discriminator) == any(phase.gan for phase in config.phase)
    assert config.loss or all(phase.mse or phase.ms_ssim for phase in config.phase)


def test_the_published_hyper_parameters():
    text = (FLAGS[0].parent / "mobilevit_gan.flags").read_text()
    for flag in (
        "--learning_rate=1e-4",
        "--gradient_penalty=interpolated:weight=10",
        "--loss=content:weight=100:alpha=0.84",
        "--loss=entropy:weight=1",
        "--loss=smoothness:weight=5",
        "--phase=1.0:256:24:0:0:gan",
    ):
        assert flag in text.splitlines()
    assert 235_679 * 40 // 24 == 392_798
    assert "--steps=392798" in text


def test_the_published_hyper_parameters_of_msae():
    lines = (FLAGS[0].parent / "msae.flags").read_text().splitlines()
    for flag in (
        "--model=msae",
        "--learning_rate=2e-4",
        "--loss=multiscale:alpha=1:beta=100:coarse_alpha=100:coarse_beta=1",
        "--adversarial=lsgan",
        "--feature_matching=10",
        "--feature_matching_squared",
        "--discriminator=multiscale:shared=false",
    ):
        assert flag in lines
