"""Techniques together, in whole runs of the command."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from apps import train as train_app
from tfgan_codec.data.pool import Pool
from tfgan_codec.techniques.curriculum import Curriculum
from tfgan_codec.techniques.fade_in import coarse
from tfgan_codec.training import run
from tfgan_codec.training.build import phase_techniques
from tfgan_codec.training.callbacks.figures import read_figures
from tfgan_codec.training.config import RunConfig
from tfgan_codec.training.phases import Phase, read_phase
from tfgan_codec.training.ramps import Ramps
from tfgan_codec.training.trained import load_run

# Progressive resolution with fade-in, two stages with warm-up, curriculum of difficulty and of the
# rate, low frequencies first, augmentation, adaptive weight, instance noise, limit on the
# discriminator, historical averaging, feature matching, lazy penalty, dropout, minibatch spread,
# spectral norm, another optimizer and Keras' schedule for one side, two time scales.
_FLAGS = """
--model=hific_five_level:width=0.02:upsample=nearest
--phase=0.5:64:2:0:0:shrink=2
--phase=1.0:64:2:0:0:gan:fade=0.4
--loss=mse:weight=0.01
--loss=entropy:weight=0.5@0,0.1@1
--technique=curriculum:pool=2:difficulty=0@0,1@1
--technique=low_frequencies:sigma=2@0,0@0.6
--technique=rotate
--technique=colour:strength=0.05
--technique=adaptive_weight
--technique=instance_noise:sigma=0.2@0.5,0@1
--technique=d_limit:accuracy=0.99
--technique=historical_averaging:weight=0.001
--adversarial=hinge
--adversarial_weight=0@0.5,0.5@1
--discriminator=patch:width=0.05:norm=spectral:dropout=0.2:minibatch=2
--gradient_penalty=r1:weight=1:every=2
--feature_matching=1
--learning_rate=0.003
--d_learning_rate=0.01
--d_schedule=ExponentialDecay:decay_steps=2:decay_rate=0.5
--d_optimizer=adamw:beta_1=0.5
--steps=4
--epoch_steps=1
"""

pytestmark = pytest.mark.usefixtures("shallow")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_techniques_together_and_resumed(photographs: Path, tmp_path: Path):
    """All that has a state is saved, the rest follows the step: a cut run ends where it would."""
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    command = ["train", *_FLAGS.split(), f"--data={photographs}"]
    assert train_app.main([*command, f"--out={whole}"]) == 0
    shutil.copytree(whole, parts)
    *_, middle, last = sorted((parts / "checkpoints").iterdir())
    assert middle.name.endswith("step2")
    shutil.rmtree(last)
    assert train_app.main([*command, f"--out={parts}", "--resume"]) == 0
    wanted, found = (load_run(place).trainable_variables for place in (whole, parts))
    for want, got in zip(wanted, found):
        np.testing.assert_allclose(got, want, atol=1e-6)
    for want, got in zip(wanted, load_run(f"{whole},{parts}").trainable_variables):
        np.testing.assert_allclose(got, want, atol=1e-6)  # the soup of two equal runs
    lines = (whole / "figures.jsonl").read_text().splitlines()
    figures = [json.loads(line) for line in lines]
    assert [line["step"] for line in figures] == [1, 2, 3, 4]
    assert np.isfinite([value for line in figures for value in line.values()]).all()
    assert "d_loss" not in figures[1]
    assert figures[2]["adversarial_weight"] == 0.0  # the ramp begins here
    assert figures[3]["adversarial_weight"] > 0.0
    # Every second step of the discriminator has the penalty.
    assert figures[2]["penalty"] > 0.0
    assert figures[3]["penalty"] == 0.0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_unrolled_discriminator_and_early_stopping_in_a_run(photographs: Path, tmp_path: Path):
    """The validation cannot get better by more than 1e9: the run ends after its third."""
    out = tmp_path / "run"
    flags = ["--model=hific_five_level:width=0.02", "--phase=1.0:64:2:0:0:gan"]
    flags += ["--loss=mse:weight=0.01", "--discriminator=patch:width=0.05", "--steps=40"]
    flags += ["--technique=unrolled:steps=2", "--epoch_steps=1", f"--validation={photographs}"]
    flags += ["--early_stopping=val_loss:patience=2:min_delta=1e9"]
    command = ["train", *flags, f"--data={photographs}", f"--out={out}"]
    assert train_app.main(command) == 0
    steps = [line["step"] for line in read_figures(out)]
    assert max(steps) == 3
    assert train_app.main([*command, "--resume"]) == 0  # there is nothing left to do
    assert [line["step"] for line in read_figures(out)] == steps


def test_early_stopping_needs_validation(photographs: Path, tmp_path: Path, capsys):
    command = ["train", f"--data={photographs}", f"--out={tmp_path / 'run'}", "--steps=1"]
    command += ["--model=hific_five_level:width=0.02", "--early_stopping=val_loss"]
    assert train_app.main(command) == 1
    assert "--validation" in capsys.readouterr().err


def test_crops_are_read_for_the_curriculum_and_shrunk(photographs: Path):
    """What `batches` asks the data for: the pool of the curriculum, and larger crops."""

    class Fake:
        config = RunConfig(data=(str(photographs),))
        pool = Pool(str(photographs))
        step = 0

        class model:  # noqa: N801
            techniques = (Curriculum(pool=3),)

    plain = next(iter(run.batches(Fake, Phase(1.0, 128, 2, 1, 0)).take(1)))
    small = next(iter(run.batches(Fake, Phase(1.0, 64, 2, 1, 0, shrink=2)).take(1)))
    assert plain.shape == (6, 128, 128, 3)
    means = plain.numpy().astype(float).reshape(6, 64, 2, 64, 2, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(small, means, atol=1e-3)


def test_the_detail_that_a_phase_brings_fades_in():
    """From a quarter of the resolution to all of it: two levels, the fade-in being in time."""
    phases = read_phase("0.5:64:2:1:0:shrink=4"), read_phase("1:64:2:1:0:fade=0.2")
    ramps = Ramps()
    config = RunConfig(phase=phases)
    assert phase_techniques(config, phases[0], ramps) == []
    (fade,) = phase_techniques(config, phases[1], ramps)
    pictures = tf.random.stateless_uniform([1, 8, 8, 3], [1, 2], 0.0, 255.0)
    for share, factor in [(0.5, 4), (0.6, 2), (0.7, 1), (1.0, 1)]:
        ramps.set(share)
        wanted = coarse(pictures, factor)
        np.testing.assert_allclose(fade.on_batch(pictures, None), wanted, atol=1e-3)
