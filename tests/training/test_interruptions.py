"""Whatever happens to a run, it goes on to what it would have become."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from apps import train as train_app
from tfgan_codec.training import run as runs
from tfgan_codec.training.callbacks.figures import read_figures
from tfgan_codec.training.checkpoints import Checkpoints, step_of
from tfgan_codec.training.trained import load_run

ROOT = Path(__file__).parents[2]
STEPS = 40


def command(photographs: Path, out: Path, *more: str, gan: bool = True) -> list[str]:
    """A run of the smallest codec, with a discriminator, that saves after nearly every step."""
    phase = "1.0:64:1:0:0:gan" if gan else "1.0:64:1:0:0"
    return [
        "train",
        "--model=hific_five_level:width=0.05",
        "--loss=mse:weight=0.01",
        "--loss=entropy:weight=0.1",
        *(["--discriminator=conditional:width=0.05"] if gan else []),
        f"--phase={phase}",
        f"--steps={STEPS}",
        "--learning_rate=0.01",
        "--epoch_steps=10",
        "--save_minutes=0.0005",
        f"--data={photographs}",
        f"--validation={photographs}",
        f"--out={out}",
        *more,
    ]


def process(arguments: list[str]) -> subprocess.Popen:
    line = [sys.executable, "-m", "apps.train", *arguments[1:]]
    return subprocess.Popen(
        line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def newest_step(out: Path) -> int:
    saved = Checkpoints(out / "checkpoints", tf.Module(), None).all()
    return step_of(saved[-1]) if saved else -1


def wait_for_step(out: Path, step: int, running: subprocess.Popen) -> None:
    while newest_step(out) < step:
        assert running.poll() is None, running.communicate()[0]
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_run_goes_on_to_the_same_losses(photographs: Path, tmp_path: Path):
    """SIGKILL at three random moments, while saving as often as not."""
    assert train_app.main(command(photographs, tmp_path / "whole")) == 0
    killed = tmp_path / "killed"
    seed = int.from_bytes(os.urandom(4), "big")
    print("seed of the moments:", seed)  # pytest shows it when the test fails
    moments = random.Random(seed)
    targets = sorted(moments.sample(range(STEPS - 25), 3))
    for target in targets:
        more = ["--resume"] if (killed / "run.json").exists() else []
        running = process(command(photographs, killed, *more))
        wait_for_step(killed, target, running)
        time.sleep(moments.uniform(0.0, 0.1))
        running.kill()
        running.communicate()
    # The figures of the last ten steps are means from the latest start on.
    assert newest_step(killed) <= STEPS - 10, "this machine was too busy to kill the run in time"
    assert train_app.main(command(photographs, killed, "--resume")) == 0

    want, got = read_figures(tmp_path / "whole"), read_figures(killed)
    # Every validation of both, and the training losses of the last ten steps.
    assert [line["step"] for line in got if "val_loss" in line] == [10, 20, 30, 40]
    for names in ("val_loss", "val_bpp", "val_mse"):
        np.testing.assert_allclose(
            [line[names] for line in got if names in line],
            [line[names] for line in want if names in line],
            rtol=1e-6,
        )
    last = [[line for line in lines if "loss" in line][-1] for lines in (got, want)]
    assert last[0].keys() == last[1].keys() >= {"loss", "d_loss", "gradient", "d_gradient"}
    np.testing.assert_allclose(list(last[0].values()), list(last[1].values()), rtol=1e-6)
    for a, b in zip(load_run(killed).variables, load_run(tmp_path / "whole").variables):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.slow
@pytest.mark.usefixtures("shallow")
def test_a_run_killed_while_it_validates_does_so_again(
    photographs: Path, tmp_path: Path, monkeypatch
):
    """Between the last step of an epoch and the end of its validation nothing may be saved."""
    original = runs.callbacks

    class Killed(BaseException):
        pass

    class Kill(tf.keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise Killed

    arguments = command(photographs, tmp_path / "run", "--save_minutes=0", gan=False)
    with monkeypatch.context() as patch:
        patch.setattr(runs, "callbacks", lambda *a: [Kill(), *original(*a)])
        with pytest.raises(Killed):
            train_app.main(arguments)
    assert newest_step(tmp_path / "run") == 19
    assert train_app.main([*arguments, "--resume"]) == 0
    lines = read_figures(tmp_path / "run")
    assert [line["step"] for line in lines if "val_loss" in line] == [10, 20, 30, 40]


@pytest.mark.slow
def test_sigterm_saves_and_ends_well(photographs: Path, tmp_path: Path):
    out = tmp_path / "run"
    arguments = command(photographs, out, "--save_minutes=60", "--steps=100000", gan=False)
    running = process(arguments)
    while not read_figures(out):
        assert running.poll() is None, running.communicate()[0]
        time.sleep(0.1)
    running.send_signal(signal.SIGTERM)
    text = running.communicate(timeout=60)[0]
    assert running.returncode == 0, text
    step = newest_step(out)
    assert step >= 10
    assert f"stopped and saved at step {step}" in text
    assert "Traceback" not in text


@pytest.mark.slow
@pytest.mark.usefixtures("shallow")
def test_nan_stops_a_run_or_sends_it_back(photographs: Path, tmp_path: Path, monkeypatch, capsys):
    """A weight becomes NaN at step 13, once."""
    original = runs.callbacks
    armed = [True]

    class Poison(tf.keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if armed and int(self.model.g_optimizer.iterations) == 12:
                armed.clear()
                weight = self.model.trained_variables[0]
                weight.assign(tf.fill(weight.shape, np.nan))

    monkeypatch.setattr(runs, "callbacks", lambda *a: [Poison(), *original(*a)])
    out = tmp_path / "run"
    arguments = command(photographs, out, "--save_minutes=0", gan=False)  # at every step
    assert train_app.main(arguments) == 1
    error = capsys.readouterr().err
    assert "is nan after step 13: lower a learning rate, or --on_nan=rollback" in error
    assert newest_step(out) == 12  # nothing broken was saved

    armed.append(True)
    assert train_app.main([*arguments, "--overwrite", "--on_nan=rollback"]) == 0
    assert "back to step 12 with 0.5 times the learning rate" in capsys.readouterr().err
    lines = [line for line in read_figures(out) if "loss" in line]
    assert [line["step"] for line in lines] == [10, 20, 30, 40]
    assert all(np.isfinite(list(line.values())).all() for line in lines)
    # Warm-up and cosine by hand, and the half.
    cosine = 0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * 19 / 40))
    assert lines[1]["learning_rate"] == pytest.approx(0.5 * 0.01 * 20 / 200 * cosine, rel=1e-4)
