"""Defines the flags and texts that apps.evaluate and apps.bench share."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence

from tfgan_codec import cli
from tfgan_codec.evaluation import runner, schema
from tfgan_codec.evaluation.codecs import MeasuredCodec
from tfgan_codec.metrics import weights


def define_flags(values: cli.Flags) -> None:
    """Defines the flags of everything that measures."""
    values.add("data", None, "Folder of pictures, or one picture.")
    text = (
        f"What to measure, of {', '.join(schema.METRICS)}; or all. Those that run VGG16 "
        "(lpips_vgg, dists, wasserstein) take most of the time."
    )
    values.add("metrics", ["all"], text)
    text = (
        "Folder of the weights for LPIPS, DISTS, FID and KID; python -m apps.weights makes it. "
        f"Default: {weights.VARIABLE}, else a folder in the user's cache."
    )
    values.add("weights", None, text)
    values.add_overwrite()
    values.add_threads()
    values.add("jobs", _cores(), "Processes for the metrics.", lower_bound=1)


def plan(
    values: cli.Flags, codecs: Sequence[MeasuredCodec], app: str, argv: Sequence[str] | None
) -> runner.Plan:
    """Returns the plan that the flags ask for."""
    if values.data is None:
        raise cli.CommandLineError("--data=FOLDER is needed")
    metrics = schema.METRICS if values.metrics == ["all"] else tuple(values.metrics)
    pictures = runner.find_pictures(values.data)
    arguments = (sys.argv if argv is None else argv)[1:]
    command = shlex.join(["python", "-m", app, *arguments])
    return runner.Plan(codecs, pictures, metrics, values.weights, values.jobs, command=command)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
