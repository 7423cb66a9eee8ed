"""Every flag file in apps/flags asks for things that exist."""

from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

from apps import train as train_app
from tfgan_codec import discriminators, losses, models, techniques
from tfgan_codec.losses import adversarial, gradient_penalty
from tfgan_codec.losses.content import Content
from tfgan_codec.losses.multiscale import MultiScale
from tfgan_codec.losses.rate import Entropy
from tfgan_codec.losses.smoothness import Smoothness
from tfgan_codec.specs.grammar import parse
from tfgan_codec.training import run
from tfgan_codec.training.build import learning_rates, phase_losses
from tfgan_codec.training.config import RunConfig
from tfgan_codec.training.ramps import Ramps

FLAGS = Path(__file__).parents[2] / "apps" / "flags"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch):
    """Returns what `apps.train` is asked for by the flag file of a name, without training."""
    configs: list[RunConfig] = []
    monkeypatch.setattr(run, "train", configs.append)

    def ask(name: str) -> RunConfig:
        command = ["train", f"--flagfile={FLAGS / name}.flags", "--data=photos", "--out=run"]
        assert train_app.main(command) == 0
        return configs[-1]

    return ask


@pytest.mark.parametrize("name", sorted(path.stem for path in FLAGS.glob("*.flags")))
def test_flag_files_make_a_run(name: str, asked):
    config = asked(name)
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


def constant_rates(config: RunConfig) -> set[float]:
    """The learning rates of both sides over a run."""
    points = (0.0, 0), (0.4, 10**5), (1.0, 10**6)
    return {rate(*point) for rate in learning_rates(config) for point in points}


def test_mobilevit_gan_is_trained_as_published(asked):
    """235,679 patches of 256x256 in 40 epochs of batches of 24; Adam with a rate of 1e-4 on both
    sides; lambda_1..4 of Eq. 5 and 6 = 10, 100, 1, 5; alpha = 0.84."""
    config = asked("mobilevit_gan")
    (phase,) = config.phase
    assert (phase.crop, phase.batch, phase.gan) == (256, 24, True)
    assert config.steps == 235_679 * 40 // phase.batch
    assert constant_rates(config) == {1e-4}
    assert (config.optimizer, config.d_optimizer) == ("adam", "adam")
    content, entropy, smoothness = phase_losses(config, phase, Ramps())
    assert isinstance(content, Content)
    assert isinstance(entropy, Entropy)
    assert isinstance(smoothness, Smoothness)
    assert (content.weight, content.alpha) == (100.0, 0.84)
    assert (entropy.weight, smoothness.weight) == (1.0, 5.0)
    name, options = parse(config.gradient_penalty)
    penalty = gradient_penalty.build(name, **options)
    assert isinstance(penalty, gradient_penalty.Interpolated)
    assert (penalty.weight, penalty.every) == (10.0, 1)
    assert config.adversarial == "hinge"


def test_msae_is_trained_as_published(asked):
    """alpha_k, beta_k = 1, 100 and 100, 1 on the coarser scales; Adam with a rate of 2e-4; least
    squares with squared feature matching; a discriminator for each of the scales."""
    config = asked("msae")
    (phase,) = config.phase
    assert constant_rates(config) == {2e-4}
    assert (config.optimizer, config.d_optimizer) == ("adam", "adam")
    (loss,) = phase_losses(config, phase, Ramps())
    assert isinstance(loss, MultiScale)
    assert (loss.alpha, loss.beta, loss.coarse_alpha, loss.coarse_beta) == (1, 100, 100, 1)
    assert (phase.gan, config.adversarial) == (True, "lsgan")
    assert (config.feature_matching, config.feature_matching_squared) == (10.0, True)
    (text,) = config.discriminator
    name, arguments = parse(text)
    discriminator = discriminators.build(name, 4, **arguments)
    assert len(discriminator.networks) == models.build("msae").streams == 3
