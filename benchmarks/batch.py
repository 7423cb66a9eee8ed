"""Times whole folders: `apps.batch` on all cores, in one process, and a loop over `apps.compress`.

Usage: python -m benchmarks.batch --pictures=FOLDER [--count=500] [--loop=20] [--model=mobile]

Each is timed as a whole, from the start of its first process to the end of its last. The loop,
which starts a process for each picture, does fewer of them. Wall-clock times depend on the machine
and on what else it does: quote both.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from absl import app, flags

from tfgan_codec import provenance
from tfgan_codec.batch import pool
from tfgan_codec.batch.sources import PICTURES

FLAGS = flags.FLAGS
flags.DEFINE_string("pictures", None, "Folder with pictures.", required=True)
flags.DEFINE_integer("count", 500, "How many to compress.", lower_bound=2)
flags.DEFINE_integer("loop", 20, "How many of them in the loop.", lower_bound=1)
flags.DEFINE_string("model", "mobile", "Shipped bundle, or path of another.")
flags.DEFINE_float("bpp", 0.1, "Bits per pixel to compress to.", lower_bound=0.0)


def rate(commands: list[list[str]], pictures: int) -> float:
    """Returns how many pictures a second are done by commands, one after the other."""
    start = time.perf_counter()
    for command in commands:
        subprocess.run([sys.executable, "-m", *command], check=True, stdout=subprocess.DEVNULL)
    return pictures / (time.perf_counter() - start)


def rates(folder: Path, names: list[str]) -> dict[str, float]:
    """Returns pictures per second by the way in which they are done."""
    options = [f"--bpp={FLAGS.bpp}", f"--model={FLAGS.model}"]
    ins, cores = str(folder / "in"), pool.cores()

    def batch(jobs: int) -> list[str]:
        return ["apps.batch", ins, str(folder / f"out{jobs}"), f"--jobs={jobs}", *options]

    loop = [
        ["apps.compress", os.path.join(ins, name), str(folder / f"{i}.tgc"), *options]
        for i, name in enumerate(names[: FLAGS.loop])
    ]
    return {
        f"apps.batch, {cores} processes": rate([batch(cores)], len(names)),
        "apps.batch, 1 process": rate([batch(1)], len(names)),
        f"loop over apps.compress, {len(loop)} pictures": rate(loop, len(loop)),
    }


def main(argv: list[str]) -> None:
    if len(argv) > 1:
        raise app.UsageError(f"unexpected argument {argv[1]!r}")
    found = [p for p in sorted(Path(FLAGS.pictures).iterdir()) if p.suffix.lower() in PICTURES]
    chosen = found[: FLAGS.count]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        for path in chosen:
            shutil.copy(path, folder / "in")
        print(
            f"{provenance.machine()}; {len(chosen)} pictures of {FLAGS.pictures}, {FLAGS.bpp} bpp"
        )
        measured = rates(folder, [path.name for path in chosen])
    fastest = next(iter(measured.values()))
    for what, per_second in measured.items():
        print(f"{what:44}{per_second:>8.2f} pictures/s{fastest / per_second:>8.2f} x")


if __name__ == "__main__":
    app.run(main)
