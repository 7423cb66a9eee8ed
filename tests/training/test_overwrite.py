"""`apps.train --overwrite` costs nobody a run: it is deleted when the new one has trained."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

tf = pytest.importorskip("tensorflow")

from apps import train as train_app
from tfgan_codec.training.callbacks.figures import read_figures
from tfgan_codec.training.checkpoints import Checkpoints, step_of
from tfgan_codec.training.run_folder import REPLACED
from tfgan_codec.training.trained import load_run

ROOT = Path(__file__).parents[2]


def command(photographs: Path, out: Path, *more: str) -> list[str]:
    """The smallest codec; of a flag that comes twice the last one counts."""
    return [
        "train",
        "--model=hific_five_level:width=0.02",
        "--loss=mse",
        "--steps=1",
        f"--data={photographs}",
        f"--out={out}",
        *more,
    ]


PHASE = "--phase=1.0:64:1:0:0"


def content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    "flags",
    [
        ["--data=nowhere", PHASE],
        ["--validation=nowhere", PHASE],
        ["--model=hific_five_level:widht=1", PHASE],
        ["--init_from=nowhere", PHASE],
        ["--loss=nothing", PHASE],
        ["--technique=nothing", PHASE],
        ["--optimizer=adm", PHASE],
        ["--schedule=cosin", PHASE],
        ["--early_stopping=val_loss:patinece=3", "--validation=PHOTOS", PHASE],
        ["--phase=0.5:64:1:0:0", "--phase=1.0:64:1:0:0:freeze=analisis"],
        ["--phase=0.5:64:1:0:0", "--phase=1.0:64:1:0:0:gan"],
        ["--discriminator=nothing", PHASE + ":gan"],
        ["--discriminator=patch:width=0.02", "--gradient_penalty=r2", PHASE + ":gan"],
        ["--loss=content", PHASE],  # its crops are too small, which the first step tells
    ],
    ids=lambda flags: flags[0],
)
def test_wrong_flags_leave_the_old_run_as_it_was(
    photographs: Path, tmp_path: Path, capsys, flags: list[str]
):
    old = tmp_path / "run"
    for name in ("run.json", "figures.jsonl", "checkpoints/000001-step9/weights.index"):
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        (old / name).write_text("a week's work")
    before = content(old)
    flags = [flag.replace("PHOTOS", str(photographs)) for flag in flags]
    assert train_app.main(command(photographs, old, "--overwrite", *flags)) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert content(old) == before


@pytest.mark.slow
def test_overwriting_leaves_the_new_run_alone(photographs: Path, tmp_path: Path):
    out = tmp_path / "run"
    assert train_app.main(command(photographs, out, PHASE, "--steps=2")) == 0
    assert train_app.main(command(photographs, out, PHASE, "--overwrite")) == 0
    assert not (out / REPLACED).exists()
    assert [step_of(path) for path in saved(out)] == [0, 1]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_run_killed_before_it_saves_leaves_the_old_one(photographs: Path, tmp_path: Path):
    """SIGKILL after 25 steps, long before the first checkpoint is due. The old run waits, whole;
    the new one goes on with --resume, and then takes its place."""
    out = tmp_path / "run"
    assert train_app.main(command(photographs, out, PHASE)) == 0
    before = content(out)
    line = command(photographs, out, PHASE, "--steps=100000", "--save_minutes=60")
    running = subprocess.Popen(
        [sys.executable, "-m", "apps.train", *line[1:], "--overwrite"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        while not ((out / REPLACED).exists() and read_figures(out)):
            assert running.poll() is None, running.communicate()[0]
            time.sleep(0.05)
    finally:
        running.kill()
        running.communicate()
    assert [step_of(path) for path in saved(out)] == [0]
    assert content(out / REPLACED) == before
    assert load_run(out / REPLACED) is not None

    assert train_app.main(command(photographs, out, PHASE, "--steps=2", "--resume")) == 0
    assert not (out / REPLACED).exists()
    assert [step_of(path) for path in saved(out)] == [0, 2]


def saved(out: Path) -> list[Path]:
    return Checkpoints(out / "checkpoints", tf.Module(), None).all()
