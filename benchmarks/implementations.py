"""Measures a training step of `mobile` with either implementation of compression, on any Pythons.

Usage: python -m benchmarks.implementations [--racer=PYTHON:tfc ...] [--rounds=15]

Each racer is an interpreter, in whose environment TensorFlow is, and what TFGAN_COMPRESSION is set
to. All train in processes of their own, one step of 8 x 192x192 in float32 each in turns, so that
other work on the machine slows all of them alike. Medians are printed, and how many times as long a
step takes as the first racer's.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from absl import app, flags

FLAGS = flags.FLAGS
_HERE = [f"{sys.executable}:tfc", f"{sys.executable}:own"]
flags.DEFINE_multi_string("racer", _HERE, "An interpreter, a colon, and tfc or own.")
flags.DEFINE_integer("rounds", 15, "Steps of each racer that are timed.", lower_bound=1)
_WARM_UP = 3  # steps: the first one builds the graph

_WORKER = """
import sys
import tensorflow as tf
from benchmarks.training import Trainer
from tfgan_codec import compression
trainer = Trainer("float32")
crops = tf.random.stateless_uniform([8, 192, 192, 3], [0, 0], 0, 256, tf.int32)
batches = iter(tf.data.Dataset.from_tensors(tf.cast(crops, tf.uint8)).repeat())
print(tf.__version__, compression.RUNS, flush=True)
for line in sys.stdin:
    print(trainer.step(batches)[0], flush=True)
"""


class Racer:
    """Is a process that makes a training step whenever it is asked to.

    Attributes:
      title: which TensorFlow and which implementation it says it runs.
    """

    def __init__(self, interpreter: str, runs: str) -> None:
        self._process = subprocess.Popen(
            [interpreter, "-c", _WORKER],
            cwd=Path(__file__).parents[1],
            env={**os.environ, "TFGAN_COMPRESSION": runs, "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.title = f"TensorFlow {self._answer()}"

    def step(self) -> float:
        """Returns how many seconds one step takes."""
        asked: IO[Any] | None = self._process.stdin
        assert asked is not None
        asked.write("\n")
        asked.flush()
        return float(self._answer())

    def stop(self) -> None:
        self._process.communicate()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise RuntimeError("a racer ended: what it said is above")
        return answer


def main(argv: Sequence[str]) -> None:
    if len(argv) > 1:
        raise app.UsageError(f"unexpected arguments {argv[1:]}")
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    racers = [Racer(*racer.rsplit(":", 1)) for racer in FLAGS.racer]
    for _ in range(_WARM_UP):
        for racer in racers:
            racer.step()
    rounds = [[racer.step() for racer in racers] for _ in range(FLAGS.rounds)]
    medians = [statistics.median(column) for column in zip(*rounds)]
    for racer, seconds in zip(racers, medians):
        print(f"{racer.title}: {seconds:.3f} s per step, {seconds / medians[0]:.2f} of the first")
        racer.stop()


if __name__ == "__main__":
    app.run(main)
