"""Runs an experiment with small codecs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from absl import flags

from tfgan_codec import cli
from tfgan_codec.metrics import weights
from tfgan_codec.specs.names import choose

_USAGE = """
usage: python -m apps.study EXPERIMENT --data=FOLDER --test=FOLDER --runs=FOLDER

Trains small codecs, measures them on real files and writes tables and pictures to results/. What is
trained already is not trained again. Times are those of two cores.

  mobilevit_gan  LS-GAN, HiFiC, Hinge GAN-GP and MobileViT-GAN, the last also without discriminator
                 and without smoothness loss: 6 x 12 minutes
  adversarial    the adversarial hyperprior codec, also without discriminator and without
                 post-processing: 12 minutes for what they share and 3 x 6 minutes
  msae           the multiscale autoencoder, also without discriminators and with one scale: 3 x 12
                 minutes
  techniques     23 training techniques and another seed against one baseline, 10 minutes each;
                 --only chooses

  python -m apps.study mobilevit_gan --data=photos --test=kodak --runs=runs/study
  python -m apps.study techniques --only=warm_up,lazy_r1 --data=photos --test=kodak --runs=runs/t
"""


_FLAGS = Path(__file__).parent / "flags"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.new_flags()
    kw = {"flag_values": values}
    flags.DEFINE_string("data", None, "Folder tree of training pictures.", **kw)
    flags.DEFINE_string("test", None, "Folder of the pictures to measure on.", **kw)
    flags.DEFINE_string("runs", None, "Where runs, bundles and compressed files go.", **kw)
    flags.DEFINE_string("out", None, "Where results go. Default: results/STUDY.", **kw)
    flags.DEFINE_float("minutes", None, "Of training per system. Default: the flag files'.", **kw)
    flags.DEFINE_list("only", [], "Systems to train beside the first; all by default.", **kw)
    flags.DEFINE_multi_string(
        "also", [], "A further flag of apps.train for all: --also=--precision=mixed_bfloat16.", **kw
    )
    flags.DEFINE_string("weights", None, "Folder of the metric networks' weights.", **kw)

    def command(study: str) -> None:
        from tfgan_codec.studies.experiments import EXPERIMENTS
        from tfgan_codec.studies.study import Study, run

        experiment = choose("experiment", study, EXPERIMENTS)
        for name in ("data", "test", "runs"):
            if values[name].value is None:
                raise cli.CommandLineError(f"--{name} is required")
        line = shlex.join(["python", "-m", "apps.study", *(argv or sys.argv)[1:]])
        places = values.data, values.test, Path(values.runs), Path(values.out or f"results/{study}")
        commands = _process("apps.train", values.weights), _process("export.bundle")
        asked = values.minutes, values.weights, line, values.only, values.also
        run(Study(*places, _FLAGS, *commands, *asked), experiment)

    return cli.run(command, values, _USAGE, argv)


def _process(module: str, folder: str | None = None) -> Callable[[Sequence[str]], int]:
    """Runs a command in a process of its own; perceptual losses find their weights in `folder`."""
    env = {**os.environ, **({weights.VARIABLE: folder} if folder else {})}
    return lambda given: subprocess.run([sys.executable, "-m", module, *given], env=env).returncode


if __name__ == "__main__":
    sys.exit(main())
