"""Several devices and machines do what one does."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

tf = pytest.importorskip("tensorflow")

import tfgan_codec as tgc
from apps import train as train_app
from tfgan_codec.training import strategies
from tfgan_codec.training.callbacks.figures import read_figures

ROOT = Path(__file__).parents[2]


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_worker_processes_do_what_one_does(photographs: Path, tmp_path: Path):
    """Over loopback, by the command, with discriminator and validation."""
    command = [
        "--model=hific_five_level:width=0.05",
        "--loss=mse:weight=0.01",
        "--loss=entropy:weight=0.1",
        "--discriminator=conditional:width=0.05",
        "--phase=1.0:64:4:0:0:gan",
        "--steps=4",
        "--epoch_steps=2",
        f"--data={photographs}",
        f"--validation={photographs}",
    ]
    hosts = [f"127.0.0.1:{port}" for port in free_ports(2)]
    workers = []
    for index in range(2):
        task = {"cluster": {"worker": hosts}, "task": {"type": "worker", "index": index}}
        line = [sys.executable, "-m", "apps.train", *command, "--strategy=multiworker"]
        line.append(f"--out={tmp_path / 'two'}")
        environment = {**os.environ, "TF_CONFIG": json.dumps(task), "CUDA_VISIBLE_DEVICES": ""}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        workers.append(subprocess.Popen(line, cwd=ROOT, env=environment, **pipes))
    assert train_app.main(["train", *command, f"--out={tmp_path / 'one'}"]) == 0
    for worker in workers:
        text = worker.communicate(timeout=500)[0]
        assert worker.returncode == 0, text[-3000:]

    one, two = read_figures(tmp_path / "one"), read_figures(tmp_path / "two")
    assert len(one) == len(two) == 4
    for want, got in zip(one, two):
        assert want.keys() == got.keys()
        for name in want:
            assert got[name] == pytest.approx(want[name], rel=1e-4, abs=1e-4), name


def test_strategies_that_cannot_be_had_are_told_in_a_line(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    with pytest.raises(tgc.UsageError, match="TF_CONFIG"):
        strategies.make("multiworker")
    assert not strategies.any_worker(strategies.make("none"), False)
    assert strategies.any_worker(strategies.make("none"), True)


@pytest.mark.parametrize(
    ("task", "cluster", "expected"),
    [
        (None, None, True),
        ({"type": "worker", "index": 0}, {"worker": ["a", "b"]}, True),
        ({"type": "worker", "index": 1}, {"worker": ["a", "b"]}, False),
        ({"type": "worker", "index": 0}, {"chief": ["c"], "worker": ["a"]}, False),
        ({"type": "chief", "index": 0}, {"chief": ["c"], "worker": ["a"]}, True),
    ],
)
def test_one_worker_writes(monkeypatch, task, cluster, expected: bool):
    config = {"task": task, "cluster": cluster} if task else {}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    assert strategies.is_chief() is expected
