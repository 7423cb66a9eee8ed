"""Measures what a run would cost, by a few steps of each phase; nothing is written."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from typing import NamedTuple

import tensorflow as tf

from tfgan_codec.layers.precision import precision
from tfgan_codec.training import strategies
from tfgan_codec.training.build import compile_phase
from tfgan_codec.training.config import RunConfig
from tfgan_codec.training.phases import Phase
from tfgan_codec.training.prepare import Run, prepare
from tfgan_codec.training.run import batches

STEPS = 3


class Cost(NamedTuple):
    """Holds what the steps of a phase cost."""

    seconds: float  # mean of a step
    memory: int  # peak so far, in bytes


def describe(config: RunConfig) -> str:
    """Returns, as text, tables of a run's networks and phases, and how long it would take."""
    steps = config.steps if any(config.limit) else 1
    strategy = strategies.make(config.strategy)
    with strategy.scope(), precision(config.precision):
        run = prepare(replace(config, steps=steps, out=""))
        costs = [measure(run, phase) for phase in config.phase]
    data = run.pool.inventory()
    lines = [f"data: {data.pictures:,} pictures, {data.bytes / 1e6:,.0f} MB", ""]
    rows: list[tuple[str, ...]] = [
        ("part", "parameters"),
        *((name, f"{n:,}") for name, n in _parts(run)),
    ]
    lines += [*_table(rows), ""]
    rows = [("phase", "crop", "batch", "s per step", f"peak {_memory_of()} memory")]
    for number, (phase, cost) in enumerate(zip(config.phase, costs)):
        figures = f"{cost.seconds:.3g}", f"{cost.memory / 2**30:.2f} GiB"
        rows.append((str(number + 1), str(phase.crop), str(phase.batch), *figures))
    lines += [*_table(rows), "", _duration(config, costs)]
    return "\n".join(lines)


def measure(run: Run, phase: Phase) -> Cost:
    """Measures `STEPS` steps of a phase, after one in which TensorFlow builds its graphs."""
    compile_phase(run.model, run.config, run.networks.adversary, phase)
    step = run.model.make_train_function(force=True)
    iterator = iter(batches(run, phase))
    seconds = []
    for _ in range(1 + STEPS):
        begun = time.perf_counter()
        float(step(iterator)["loss"])  # waits for the device
        seconds.append(time.perf_counter() - begun)
    return Cost(sum(seconds[1:]) / STEPS, _peak_memory())


def _parts(run: Run) -> list[tuple[str, int]]:
    model = run.model
    # By the names of attributes, as in --phase=...:freeze= and --init_parts.
    parts = [(k, v) for k, v in vars(model).items() if isinstance(v, tf.keras.layers.Layer)]
    found = [(name, _count(part.trainable_variables)) for name, part in parts]
    found.append(("codec", _count(model.trainable_variables)))
    for text, each in zip(run.config.discriminator, run.networks.adversary.discriminators):
        found.append((f"discriminator {text}", _count(each.trainable_variables)))
    return found


def _count(variables: list[tf.Variable]) -> int:
    return sum(variable.shape.num_elements() for variable in variables)


def _memory_of() -> str:
    return "GPU" if tf.config.list_physical_devices("GPU") else "process"


def _peak_memory() -> int:
    if tf.config.list_physical_devices("GPU"):
        return tf.config.experimental.get_memory_info("GPU:0")["peak"]
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _duration(config: RunConfig, costs: list[Cost]) -> str:
    """Returns a line on how long the run takes, or how far it comes in its time."""
    starts = [0.0, *(phase.until for phase in config.phase)]
    shares = [phase.until - begun for phase, begun in zip(config.phase, starts)]
    steps, minutes = config.limit
    if steps is not None:
        hours = steps * sum(share * cost.seconds for share, cost in zip(shares, costs)) / 3600
        return f"{steps:,} steps take about {hours:.1f} hours, validation and pictures aside"
    if minutes is not None:
        made = sum(60 * minutes * share / cost.seconds for share, cost in zip(shares, costs))
        return f"{minutes:g} minutes are about {made:,.0f} steps, validation and pictures aside"
    return "give --steps or --minutes to learn how long it takes or how far it comes"


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Returns rows as lines of aligned columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    first = widths[0]
    return [
        "  ".join([row[0].ljust(first), *(c.rjust(w) for c, w in zip(row[1:], widths[1:]))])
        for row in rows
    ]
