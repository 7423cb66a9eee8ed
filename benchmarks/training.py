"""Measures how much of a training step is compute, and what bfloat16 gains and costs.

Usage: python -m benchmarks.training --data=FOLDER [--only=input|precision] [--steps=300]

Trains `mobile` at batch 8 x 192x192, as `apps.train` does, on the cores this process may use. Other
work on them spoils the figures: the load is printed with them.

input: steps on crops from --data and steps on one batch that lies in memory take turns; the share
of compute is the time of the latter over that of the former.
precision: the same steps in float32 and in mixed_bfloat16, in turns of 25, and once more for each
of --seeds. The curves are compared by their means over the last sixth of the steps. Two runs of one
precision drift apart as well once they differ in a bit: another run in float32, whose first weights
are moved by a millionth, tells by how much.
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
flags.DEFINE_integer("seeds", 1, "Runs of each precision.", lower_bound=1)
flags.DEFINE_integer("rounds", 10, "Steps of each kind for the input pipeline.", lower_bound=1)
flags.DEFINE_integer("batch", 8, "Crops per step.")
flags.DEFINE_integer("crop", 192, "Their side.")
_TURN = 25
_RACERS = {
    "float32": ("float32",),
    "mixed_bfloat16": ("mixed_bfloat16",),
    "float32 again": ("float32", 1e-6),
}


class Trainer:
    """Trains `mobile` in one precision, its first weights changed by a share `moved` of each;
    `step` returns seconds and loss."""

    def __init__(self, precision: str, moved: float = 0.0, seed: int = 0):
        self.precision = precision
        tf.keras.mixed_precision.set_global_policy(precision)
        tf.keras.utils.set_random_seed(seed)
        self.model = models.build("mobile")
        self.model.build_weights()
        for weight in self.model.trainable_variables:
            weight.assign(weight * (1.0 + moved))
        optimizer = tf.keras.optimizers.Adam(3e-4, global_clipnorm=1.0, use_ema=True)
        self.model.compile(optimizer, [RateDistortion(0.06, 12.0, 0.6, 2.4)])
        self._train = self.model.make_train_function()

    def step(self, batches: Iterator[tf.Tensor]) -> tuple[float, float]:
        tf.keras.mixed_precision.set_global_policy(self.precision)  # of the first step's trace
        begun = time.perf_counter()
        loss = float(self._train(batches)["loss"])
        seconds = time.perf_counter() - begun
        self.model.reset_metrics()
        return seconds, loss


def pipeline(pool: Pool, steps: int, seed: int = 0) -> Iterator[tf.Tensor]:
    return iter(crops(pool, FLAGS.crop, FLAGS.batch, seed=seed).take(steps))


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
    pool = Pool(data, 4096.0)
    differences: list[list[float]] = []
    for seed in range(FLAGS.seeds):
        times, ends = _race(pool, seed)
        for name, spent, end in zip(_RACERS, times, ends):
            print(f"seed {seed}, {name}: {spent:.3f} s per step, loss {end:.4f} at the end")
        differences.append([end / ends[0] - 1.0 for end in ends[1:]])
        bf16, again = differences[-1]
        print(
            f"seed {seed}: bfloat16 is {times[0] / times[1]:.2f} times as fast, its loss differs "
            f"by {bf16:+.2%}, that of another run in float32 by {again:+.2%}",
            flush=True,
        )
    bf16, again = np.mean(differences, axis=0)
    print(f"means of {FLAGS.seeds} seeds: bfloat16 {bf16:+.2%}, float32 again {again:+.2%}")


def _race(pool: Pool, seed: int) -> tuple[list[float], list[float]]:
    """Returns the median seconds per step, and the loss at the end, of each of `_RACERS`."""
    trainers = [Trainer(*racer, seed=seed) for racer in _RACERS.values()]
    sources = [pipeline(pool, FLAGS.steps, seed) for _ in trainers]
    steps: list[list[tuple[float, float]]] = [[] for _ in trainers]
    for start in range(0, FLAGS.steps, _TURN):
        for trainer, source, taken in zip(trainers, sources, steps):
            taken += [trainer.step(source) for _ in range(start, min(start + _TURN, FLAGS.steps))]
    times = [statistics.median(seconds for seconds, _ in taken[1:]) for taken in steps]
    ends = [float(np.mean([loss for _, loss in taken[-(FLAGS.steps // 6) :]])) for taken in steps]
    return times, ends


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
