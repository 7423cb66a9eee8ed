"""How much of a training step is compute, and what bfloat16 gains and costs.

Usage: python -m benchmarks.training --data=FOLDER [--only=input|precision] [--steps=300]

Trains `mobile` at batch 8 x 192x192, as `apps.train` does, on the cores this process may use. Other
work on them spoils the figures: the load is printed with them.

input: steps on crops from --data and steps on one batch that lies in memory take turns; the share
of compute is the time of the latter over that of the former.
precision: the same steps in float32 and in mixed_bfloat16, in turns of 25; the curves are compared
by their means over the last sixth of the steps.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np
from absl import app, flags

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from tfgan_codec import models
from tfgan_codec.data.crops import crops
from tfgan_codec.data.pool import Pool
from tfgan_codec.losses.rate_distortion import RateDistortion

FLAGS = flags.FLAGS
flags.DEFINE_string("data", None, "Folder of pictures.", required=True)
flags.DEFINE_enum("only", None, ["input", "precision"], "Measure only this.")
flags.DEFINE_integer("steps", 300, "Steps for each precision.", lower_bound=6)
flags.DEFINE_integer("rounds", 10, "Steps of each kind for the input pipeline.", lower_bound=1)
flags.DEFINE_integer("batch", 8, "Crops per step.")
flags.DEFINE_integer("crop", 192, "Their side.")
_TURN = 25


class Trainer:
    """`mobile` in one precision; `step` returns seconds and loss."""

    def __init__(self, precision: str):
        tf.keras.mixed_precision.set_global_policy(precision)
        tf.keras.utils.set_random_seed(0)
        self.model = models.build("mobile")
        optimizer = tf.keras.optimizers.Adam(3e-4, global_clipnorm=1.0, use_ema=True)
        self.model.compile(optimizer, [RateDistortion(0.06, 12.0, 0.6, 2.4)])
        self._train = self.model.make_train_function()

    def step(self, batches: Iterator[tf.Tensor]) -> tuple[float, float]:
        begun = time.perf_counter()
        loss = float(self._train(batches)["loss"])
        seconds = time.perf_counter() - begun
        self.model.reset_metrics()
        return seconds, loss


def pipeline(pool: Pool, steps: int) -> Iterator[tf.Tensor]:
    return iter(crops(pool, FLAGS.crop, FLAGS.batch, seed=0).take(steps))


def input_share(data: str) -> None:
    """Prints how many crops a second the pipeline gives by itself, and the share of compute."""
    count = max(20, 2048 // FLAGS.batch)
    for title, cache_mb in (("decoded anew", 0.0), ("from memory", 4096.0)):
        pool = Pool(data, cache_mb)
        if cache_mb:  # a first pass fills the memory
            for _ in pipeline(pool, -(-len(pool) // FLAGS.batch)):
                pass
        begun = time.perf_counter()
        for _ in pipeline(pool, count):
            pass
        rate = count * FLAGS.batch / (time.perf_counter() - begun)
        print(f"crops per second, {title}: {rate:,.0f}")
    trainer = Trainer("float32")
    fixed = next(pipeline(pool, 1))
    memory = iter(tf.data.Dataset.from_tensors(fixed).repeat(FLAGS.rounds + 1))
    fresh = pipeline(pool, FLAGS.rounds + 1)
    trainer.step(memory), trainer.step(fresh)
    turns = [(trainer.step(memory)[0], trainer.step(fresh)[0]) for _ in range(FLAGS.rounds)]
    compute, whole = (statistics.median(column) for column in zip(*turns))
    print(f"step on a batch in memory {compute:.3f} s, on crops {whole:.3f} s (medians)")
    print(f"compute is {min(1.0, compute / whole):.1%} of a step")


def precision(data: str) -> None:
    """Prints times and losses of both precisions."""
    names = ("float32", "mixed_bfloat16")
    trainers = [Trainer(name) for name in names]
    pool = Pool(data, 4096.0)
    sources = [pipeline(pool, FLAGS.steps) for _ in names]
    seconds: list[list[float]] = [[], []]
    losses: list[list[float]] = [[], []]
    for start in range(0, FLAGS.steps, _TURN):
        for which, name in enumerate(names):
            tf.keras.mixed_precision.set_global_policy(name)
            for _ in range(start, min(start + _TURN, FLAGS.steps)):
                spent, loss = trainers[which].step(sources[which])
                seconds[which].append(spent)
                losses[which].append(loss)
    last = FLAGS.steps // 6
    times = [statistics.median(column[1:]) for column in seconds]
    ends = [float(np.mean(column[-last:])) for column in losses]
    for name, spent, end in zip(names, times, ends):
        print(f"{name}: {spent:.3f} s per step, loss {end:.4f} over the last {last} steps")
    print(
        f"bfloat16 is {times[0] / times[1]:.2f} times as fast, its loss differs by "
        f"{ends[1] / ends[0] - 1.0:+.2%}"
    )


def main(argv: Sequence[str]) -> None:
    if len(argv) > 1:
        raise app.UsageError(f"unexpected arguments {argv[1:]}")
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    if FLAGS.only != "precision":
        input_share(FLAGS.data)
    if FLAGS.only != "input":
        precision(FLAGS.data)
    print(f"load at the end {os.getloadavg()[0]:.1f}", file=sys.stderr)


if __name__ == "__main__":
    app.run(main)
