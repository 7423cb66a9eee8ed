"""What runs are asked for: by flags, by files, and by the run.json of older runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from apps import train as train_app
from tfgan_codec.discriminators import DISCRIMINATORS
from tfgan_codec.losses import LOSSES, adversarial
from tfgan_codec.specs.ramps import read_ramp
from tfgan_codec.specs.settings import make, to_json
from tfgan_codec.techniques import TECHNIQUES
from tfgan_codec.training import run
from tfgan_codec.training.config import (
    RunConfig,
    public_config,
    read_config,
    read_starts,
    write_config,
)
from tfgan_codec.training.phases import check_phases, read_phase

ROOT = Path(__file__).parents[2]
# run.json as 0.1.0 wrote it from each flag file, without what was the default, which is under "".
OLD = json.loads((ROOT / "tests" / "data" / "run_configs.json").read_text())
FLAGS = {path.stem: path for path in (ROOT / "apps" / "flags").glob("*.flags")}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch):
    """Runs the command on a line, without training; returns its configuration or its status."""

    def ask(*line: str) -> RunConfig | int:
        configs: list[RunConfig] = []
        monkeypatch.setattr(run, "train", configs.append)
        status = train_app.main(["train", *line])
        return configs[0] if status == 0 else status

    return ask


@pytest.mark.parametrize("name", OLD)
def test_flag_files_ask_for_what_they_asked_for_in_0_1_0(name: str, asked, tmp_path: Path):
    """And the run.json of those runs is still read."""
    flags = [f"--flagfile={FLAGS[name]}"] if name else []
    config = asked(*flags, "--data=photos", "--out=run")
    places = {"data": ["photos"], "out": "run", "about": {"commit": "abc"}}
    (tmp_path / "run.json").write_text(json.dumps({**OLD[""], **OLD[name], **places}))
    assert read_config(tmp_path) == config
    assert read_starts(tmp_path, config) == [{"first_step": 0, "commit": "abc"}]


def test_every_flag_file_has_a_line_there():
    assert set(OLD) == {"", *FLAGS}


def test_what_a_run_writes_starts_the_same_run_again(asked, tmp_path: Path):
    for name, path in FLAGS.items():
        config = asked(f"--flagfile={path}", "--data=a", "--data=b*2", f"--out={name}", "--resume")
        write_config(tmp_path, config, [])
        assert read_config(tmp_path) == replace(config, resume=False)
        assert asked(f"--config={tmp_path / 'run.json'}") == replace(config, resume=False)
        again = asked(f"--config={tmp_path / 'run.json'}", "--out=elsewhere", "--seed=3")
        assert again == replace(config, resume=False, out="elsewhere", seed=3)
    assert {"data", "out", "about", "keep"}.isdisjoint(public_config(tmp_path))
    assert public_config(tmp_path)["learning_rate"] == config.learning_rate


def test_flags_go_before_the_file(asked, tmp_path: Path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"data": "photos", "steps": 5, "loss": ["mse", "lpips"], "clip": 0}))
    config = asked(f"--config={path}", "--out=run", "--loss=mae", f"--flagfile={FLAGS['msae']}")
    assert (config.data, config.steps, config.clip) == (("photos",), 400_000, 0.0)
    assert config.loss[0] == "mae"
    assert config.schedule == "constant"
    without = asked(f"--config={path}", "--out=run")
    assert without == RunConfig(
        data=("photos",), out="run", steps=5, loss=("mse", "lpips"), clip=0.0
    )


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (
            {"lerning_rate": 1},
            "mine.json: unknown setting 'lerning_rate': did you mean learning_rate",
        ),
        ({"steps": "many"}, "mine.json: steps must be a whole number, not 'many'"),
        ({"phase": "1.0:100:1:1:0"}, "multiple of 64"),
        ({"phase": []}, "must rise to 1.0"),
        ({"overwrite": True}, "overwrite is for the command line"),
        ({"limit": 3}, "mine.json"),
        ({"limit": [1, None], "phases": [["x"]]}, "mine.json"),
    ],
)
def test_files_that_make_no_sense_are_told_in_a_line(
    found: dict, message: str, asked, tmp_path: Path, capsys
):
    (tmp_path / "mine.json").write_text(json.dumps(found))
    assert asked(f"--config={tmp_path / 'mine.json'}", "--data=photos", "--out=run") == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


ABOVE_0 = "steps minutes epoch_steps d_steps accumulate keep lambda_low lambda_high learning_rate"
ABOVE_0 += " smallest_scale"
FROM_0 = "ema clip feature_matching d_learning_rate save_minutes cache_mb"
FINITE = "rate_weight adversarial_weight"


@pytest.mark.parametrize("number", ["0", "-1", "nan", "inf"])
@pytest.mark.parametrize("flag", f"{ABOVE_0} {FROM_0} {FINITE}".split())
def test_numbers_that_make_no_sense_are_told_in_a_line(flag: str, number: str, asked, capsys):
    found = asked(f"--{flag}={number}", "--data=photos", "--out=run")
    error = capsys.readouterr().err
    of_use = {"0": [*FROM_0.split(), *FINITE.split()], "-1": FINITE.split()}
    if flag in of_use.get(number, []):
        assert isinstance(found, RunConfig)
    else:
        assert found in (1, 2)
        assert f"--{flag}" in error.splitlines()[0]
        assert "Traceback" not in error


NO_PHASES = "1.0:0:1:1:0 1.0:-64:1:1:0 1.0:64:0:1:0 1.0:64:-1:1:0 1.0:64:1:-1:0 1.0:64:1:1:-1"
NO_PHASES += " 1.0:64:1:nan:0 1.0:64:1:1:inf nan:64:1:1:0 0:64:1:1:0"


@pytest.mark.parametrize("text", NO_PHASES.split())
def test_phases_that_make_no_sense_are_told_in_a_line(text: str, asked, capsys):
    assert asked(f"--phase={text}", "--data=photos", "--out=run") == 1
    error = capsys.readouterr().err
    assert "phase" in error
    assert error.count("\n") == 1


def test_numbers_may_be_ramps():
    config = make(RunConfig, {"adversarial_weight": "0@0.3,1@0.5", "rate_weight": 2})
    assert config.adversarial_weight == read_ramp("0@0.3,1@0.5")
    assert config.rate_weight == 2.0
    assert make(RunConfig, to_json(config)) == config


def test_choices_are_those_that_exist():
    (field,) = (f for f in RunConfig.__dataclass_fields__.values() if f.name == "adversarial")
    assert set(field.metadata["choices"]) == set(adversarial.ADVERSARIAL.makers)


@pytest.mark.parametrize(
    ("flag", "registry"),
    [("loss", LOSSES), ("discriminator", DISCRIMINATORS), ("technique", TECHNIQUES)],
)
def test_help_names_all_that_exist(flag: str, registry):
    help_text = RunConfig.__dataclass_fields__[flag].metadata["help"]
    assert ", ".join(sorted(registry.makers)) in help_text


PHASES = st.lists(
    st.sampled_from([*":=+.-059a", "1.0", "64", "128", "gan", "early", "freeze", "shrink=", "nan"]),
    max_size=20,
).map("".join)


@given(PHASES | st.text(max_size=20) | PHASES.map(lambda more: f"1.0:64:2:1:0:{more}"))
def test_a_phase_is_read_or_refused_and_then_stable(text: str):
    try:
        phase = read_phase(text)
        check_phases([phase])
    except tgc.UsageError:
        return
    assert read_phase(str(phase)) == phase


VALUES = st.text(max_size=12) | st.sampled_from(
    ["1", "0", "-1", "nan", "true", "mse:weight=0@0,1@1"]
)


@given(name=st.sampled_from([*RunConfig.__dataclass_fields__]), value=VALUES)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_flag_parses_or_is_refused(name: str, value: str, asked, capsys):
    if name in ("resume", "overwrite") or "\n" in value or "\r" in value:
        return
    found = asked("--data=photos", "--out=run", f"--{name}={value}")
    error = capsys.readouterr().err
    assert isinstance(found, RunConfig) or (found in (1, 2) and "Traceback" not in error)
