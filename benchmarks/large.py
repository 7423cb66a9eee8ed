"""Compares this codec with AVIF and JPEG XL on a large picture: time, memory, regions.

Usage: python -m benchmarks.large PICTURE [--bpp=0.1] [--codecs=tgc,avif,jxl] [--repeat=3]

Each codec codes the picture at about the same size, on all cores. Every step runs in a process of
its own, one after the other in turns, and what is shown is the least of the repetitions. Times are
of the step, without the start of Python, but with that of a model; the source is a file, decoded
pixels are an array. Memory is the whole process's peak. AVIF and JPEG XL have no regions in
these libraries: one has to decode all.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from absl import app, flags
from PIL import Image

from tfgan_codec import blas, codec, outputs, provenance
from tfgan_codec.coding.budget import best_quality

FLAGS = flags.FLAGS
flags.DEFINE_float("bpp", 0.1, "Bits per pixel of all files.", lower_bound=0.001)
flags.DEFINE_list("codecs", ["tgc", "avif", "jxl"], "What to compare; the first is the reference.")
flags.DEFINE_integer("repeat", 3, "How often each step is done.", lower_bound=1)
flags.DEFINE_string("step", None, "For processes of its own: codec,action,source,target,setting.")

_REGION = (1000, 1000, 512, 512)
_STEPS = ("encode", "decode", "region")


class Cost(NamedTuple):
    """Holds what a step took."""

    wall: float  # seconds
    processor: float  # seconds of all threads
    megabytes: float  # the most resident memory


def do(name: str, action: str, source: str, target: str, setting: float) -> None:
    """Does one step of a codec with files."""
    if name == "tgc":
        if action == "encode":
            outputs.write(target, codec.compress(source, bpp=setting, tiles=True))
        else:
            region = _REGION if action == "region" else None
            np.asarray(codec.decompress(source, region=region))
        return
    if name == "avif":
        with Image.open(source) as image:
            if action == "encode":
                image.save(target, "AVIF", quality=int(setting), speed=6)
            else:
                np.asarray(image)
        return
    import imagecodecs

    if action == "encode":
        with Image.open(source) as image:
            pixels = np.asarray(image.convert("RGB"))
        data = imagecodecs.jpegxl_encode(pixels, distance=setting, lossless=False, numthreads=0)
        outputs.write(target, bytes(data))
    else:
        imagecodecs.jpegxl_decode(Path(source).read_bytes(), numthreads=0)


def done(name: str, action: str, source: str, target: str, setting: float) -> Cost:
    """Does one step in this process, and returns what it took."""
    if name == "jxl":
        import imagecodecs

        imagecodecs.jpegxl_version()  # imported before the clock runs
    wall, processor = time.perf_counter(), time.process_time()
    do(name, action, source, target, setting)
    took = time.perf_counter() - wall, time.process_time() - processor
    # Not getrusage's peak, which counts the parent's memory before this program began.
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return Cost(*took, int(peak[1]) / 1024 if peak else float("nan"))


def cost(*step: object) -> Cost:
    """Does one step in a process of its own, and returns what it took."""
    command = [sys.executable, "-m", "benchmarks.large", f"--step={','.join(map(str, step))}"]
    with blas.one_thread():  # as in the program's own commands
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Cost(*json.loads(printed))


def setting_of(name: str, picture: str, folder: str) -> float:
    """Returns the best setting at which a codec's file has no more bits per pixel than asked for;
    the reference keeps to them by itself."""
    if name == "tgc":
        return FLAGS.bpp
    with Image.open(picture) as image:
        budget = FLAGS.bpp * image.width * image.height / 8
    target = str(Path(folder, f"tried.{name}"))
    settings = [float(q) for q in range(1, 60)] if name == "avif" else list(np.linspace(25, 3, 89))

    def size(number: int) -> float:
        do(name, "encode", picture, target, settings[number])
        return float(Path(target).stat().st_size)

    return settings[best_quality(size, budget, len(settings))]


def costs(picture: str, folder: str) -> dict[tuple[str, str], Cost]:
    """Returns the least that each step of each codec took, by codec and step, and leaves each
    codec's file in a folder."""
    settings = {name: setting_of(name, picture, folder) for name in FLAGS.codecs}
    took: dict[tuple[str, str], list[Cost]] = {}
    for _ in range(FLAGS.repeat):
        for name, setting in settings.items():
            file = str(Path(folder, f"a.{name}"))
            for action in _STEPS:
                if action != "region" or name == "tgc":
                    source = picture if action == "encode" else file
                    each = cost(name, action, source, file, setting)
                    took.setdefault((name, action), []).append(each)
    least = {step: Cost(*map(min, zip(*each))) for step, each in took.items()}
    return {(n, a): least.get((n, a), least[n, "decode"]) for n in settings for a in _STEPS}


def main(argv: list[str]) -> None:
    if FLAGS.step:
        name, action, source, target, setting = FLAGS.step.split(",")
        print(json.dumps(done(name, action, source, target, float(setting))))
        return
    if len(argv) != 2:
        raise app.UsageError("give one picture")
    picture = argv[1]
    with Image.open(picture) as image:
        width, height = image.size
    if min(width, height) < sum(_REGION[1:3]):
        raise app.UsageError(f"the picture has {width}x{height} pixels, too few for its region")
    print(f"{provenance.machine()}; {width}x{height}, {width * height / 1e6:.0f} megapixels")
    print(
        f"{'':16}{'bpp':>8}{'wall s':>9}{'cpu s':>9}{'MB':>7}{'wall x':>9}{'cpu x':>9}{'MB x':>7}"
    )
    with tempfile.TemporaryDirectory() as folder:
        took, first = costs(picture, folder), FLAGS.codecs[0]
        for (name, action), each in took.items():
            bpp = 8 * Path(folder, f"a.{name}").stat().st_size / (width * height)
            wall, processor, memory = (a / b for a, b in zip(took[first, action], each))
            print(
                f"{name:6}{action:10}{bpp:>8.3f}{each.wall:>9.2f}{each.processor:>9.2f}"
                f"{each.megabytes:>7.0f}{wall:>9.2f}{processor:>9.2f}{memory:>7.2f}"
            )


if __name__ == "__main__":
    app.run(main)
