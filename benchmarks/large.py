"""Compares this codec with AVIF and JPEG XL on a large picture: time, memory, regions.

Usage: python -m benchmarks.large PICTURE [--bpp=0.1] [--codecs=tgc,avif,jxl]

Each codec codes the picture at about the same size, and every step runs in a process of its own,
one after the other, so that times are of one run on one machine and peak memory is the step's. From
each time and memory what the bare process takes, interpreter and picture file included, is NOT
subtracted: users wait for it. AVIF and JPEG XL have no regions here: one has to decode all.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from absl import app, flags
from PIL import Image

from tfgan_codec import codec, outputs, provenance
from tfgan_codec.coding.budget import best_quality

FLAGS = flags.FLAGS
flags.DEFINE_float("bpp", 0.1, "Bits per pixel of all files.", lower_bound=0.001)
flags.DEFINE_list("codecs", ["tgc", "avif", "jxl"], "What to compare; the first is the reference.")
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
        if action == "encode":
            with Image.open(source) as image:
                image.save(target, "AVIF", quality=int(setting), speed=6)
        else:
            with Image.open(source) as image:
                np.asarray(image)
        return
    import imagecodecs

    if action == "encode":
        with Image.open(source) as image:
            pixels = np.asarray(image.convert("RGB"))
        outputs.write(target, imagecodecs.jpegxl_encode(pixels, distance=setting))
    else:
        imagecodecs.jpegxl_decode(Path(source).read_bytes())


def cost(name: str, action: str, source: str, target: str, setting: float) -> Cost:
    """Does one step in a process of its own, and returns what it took."""
    step = f"{name},{action},{source},{target},{setting}"
    command = [sys.executable, "-m", "benchmarks.large", source, f"--step={step}"]
    start = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Cost(time.perf_counter() - start, *json.loads(done.stdout))


def setting_of(name: str, picture: str, folder: str, nbytes: float) -> float:
    """Returns the setting at which a codec's file has about so many bytes, found on a small copy
    of the same detail: the middle of the picture."""
    if name == "tgc":
        return FLAGS.bpp
    with Image.open(picture) as image:
        width, height = image.size
        left, top = max(0, width // 2 - 512), max(0, height // 2 - 512)
        part = image.convert("RGB").crop((left, top, left + 1024, top + 1024))
    small, target = str(Path(folder, "part.png")), str(Path(folder, "part"))
    part.save(small)
    budget = nbytes * part.width * part.height / (width * height)
    settings = [float(q) for q in range(1, 60)] if name == "avif" else list(np.linspace(25, 3, 60))

    def size(number: int) -> float:
        do(name, "encode", small, target, settings[number])
        return float(Path(target).stat().st_size)

    return settings[best_quality(size, budget, len(settings))]


def main(argv: list[str]) -> None:
    if FLAGS.step:
        name, action, source, target, setting = FLAGS.step.split(",")
        do(name, action, source, target, float(setting))
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
        return
    if len(argv) != 2:
        raise app.UsageError("give one picture")
    picture = argv[1]
    with Image.open(picture) as image:
        width, height = image.size
    print(f"{provenance.machine()}; {width}x{height}, {width * height / 1e6:.0f} megapixels")
    print(f"{'':16}{'bpp':>8}{'wall s':>10}{'cpu s':>10}{'MB':>8}{'wall x':>9}{'cpu x':>9}")
    with tempfile.TemporaryDirectory() as folder:
        costs: dict[tuple[str, str], Cost] = {}
        for name in FLAGS.codecs:
            setting = setting_of(name, picture, folder, FLAGS.bpp * width * height / 8)
            file = str(Path(folder, f"a.{name}"))
            for action in _STEPS:
                if action == "region" and name != "tgc":
                    costs[name, action] = costs[name, "decode"]
                else:
                    source = picture if action == "encode" else file
                    costs[name, action] = cost(name, action, source, file, setting)
            bpp = 8 * Path(file).stat().st_size / (width * height)
            for action in _STEPS:
                mine, first = costs[name, action], costs[FLAGS.codecs[0], action]
                print(
                    f"{name:6}{action:10}{bpp:>8.3f}{mine.wall:>10.2f}{mine.processor:>10.2f}"
                    f"{mine.megabytes:>8.0f}{first.wall / mine.wall:>9.1f}"
                    f"{first.processor / mine.processor:>9.1f}",
                    flush=True,
                )


if __name__ == "__main__":
    app.run(main)
