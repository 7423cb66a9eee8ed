"""Runs an experiment with small codecs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from absl import flags

from tfgan_codec import cli, outputs
from tfgan_codec.evaluation import schema
from tfgan_codec.metrics import weights
from tfgan_codec.specs.names import choose

_USAGE = """
usage: python -m apps.study EXPERIMENT --data=FOLDER --test=FOLDER --runs=FOLDER

Trains small codecs, measures them on real files and writes tables and pictures to results/. What is
trained is not trained again, nor a base that lies in RUNS as a start file, base.npz (candidates/).

  mobilevit_gan  one codec, and what it becomes with each of five discriminators and with none, with
                 and without smoothness loss: an hour of two cores, and 8 x 10 to 20 minutes
  adversarial    one codec with a hyperprior and a context model, and what it becomes with
                 discriminator, post-processing and both; and one of plain blocks, from scratch
  msae           one multiscale autoencoder, and what it becomes with discriminators at three scales
                 and at one, with and without feature matching; and one of one scale, from scratch
  realism        the realistic decoder, trained on without discriminator and with each of three
  techniques     24 training techniques against one baseline, 4 minutes each; --only chooses

The report has intervals, by pictures and seeds, and says of each claim if it is borne out.

  python -m apps.study mobilevit_gan --data=photos --test=kodak --runs=runs/study
  python -m apps.study techniques --only=warm_up,lazy_r1 --data=photos --test=kodak --runs=runs/t
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add("data", [], "Folder trees of training pictures.")
    values.add("test", None, "Folder of the pictures to measure on.")
    values.add("runs", None, "Where runs, bundles and compressed files go.")
    values.add("out", None, "Where results go. Default: results/STUDY.")
    values.add("seeds", 2, "Trainings of each system, which differ in their seeds.", int)
    values.add("only", [], "Systems to train beside the first; all by default.")
    text = "A further flag of apps.train for all: --also=--precision=mixed_bfloat16."
    flags.DEFINE_multi_string("also", [], text, flag_values=values)
    values.add_overwrite()
    values.add("weights", None, "Folder of the metric networks' weights.")

    def command(study: str) -> None:
        from tfgan_codec.studies.experiments import EXPERIMENTS
        from tfgan_codec.studies.report import run
        from tfgan_codec.studies.study import Study

        experiment = choose("experiment", study, EXPERIMENTS)
        cli.require(values, "data", "test", "runs")
        line = shlex.join(["python", "-m", "apps.study", *(argv or sys.argv)[1:]])
        out = values.out or f"results/{study}"
        outputs.check_folder(out, schema.FOLDER, values.overwrite)
        places = values.data, values.test, Path(values.runs), Path(out)
        commands = _process("apps.train", values.weights), _process("export.bundle")
        asked = values.weights, line, values.only, values.also
        run(Study(*places, *commands, values.seeds, *asked), experiment)

    return cli.run(command, values, _USAGE, argv)


def _process(module: str, folder: str | None = None) -> Callable[[Sequence[str]], int]:
    """Runs a command in a process of its own; perceptual losses find their weights in `folder`."""
    env = {**os.environ, **({weights.VARIABLE: folder} if folder else {})}
    return lambda given: subprocess.run([sys.executable, "-m", module, *given], env=env).returncode


if __name__ == "__main__":
    sys.exit(main())
