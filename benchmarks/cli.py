"""Times the commands as a user meets them, and the range coder.

Usage: python -m benchmarks.cli [--model=mobile] [--runs=5]

Prints one table. The commands are timed as whole processes, interpreter start and imports included,
on a 768x512 picture. Wall-clock times depend on the machine and on what else it does: quote both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from absl import app, flags
from PIL import Image

from tfgan_codec import provenance
from tfgan_codec.format import tables
from tfgan_codec.format.rangecoder import RangeDecoder, RangeEncoder

FLAGS = flags.FLAGS
flags.DEFINE_string("model", "mobile", "Shipped bundle, or path of another.")
flags.DEFINE_string("image", "apps/assets/sample.jpg", "Picture to code.")
flags.DEFINE_float("bpp", 0.12, "Bits per pixel to compress to.", lower_bound=0.0)
flags.DEFINE_integer("runs", 5, "How often each command is run; the median counts.", lower_bound=1)
flags.DEFINE_integer("symbols", 200_000, "Symbols for the range coder.", lower_bound=1000)


def median_seconds(action: Callable[[], object], runs: int) -> float:
    """Returns the median wall-clock seconds of an action, after one run to warm the file cache."""
    action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def process(*arguments: str) -> Callable[[], object]:
    """Returns an action that runs this interpreter with arguments, in a process of its own."""
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def command_times(image: str, model: str, bpp: float, runs: int) -> dict[str, float]:
    """Returns the median seconds of whole processes, by what they do."""
    with tempfile.TemporaryDirectory() as folder:
        blob, decoded = str(Path(folder, "a.tgc")), str(Path(folder, "a.png"))
        compress = ("-m", "apps.compress", image, blob, f"--model={model}")
        decompress = ("-m", "apps.decompress", blob, decoded, f"--model={model}")
        return {
            "python -c pass": median_seconds(process("-c", "pass"), runs),
            "import tfgan_codec": median_seconds(process("-c", "import tfgan_codec"), runs),
            "apps.compress --quality": median_seconds(process(*compress, "--quality=64"), runs),
            "apps.compress --bpp": median_seconds(process(*compress, f"--bpp={bpp}"), runs),
            "apps.decompress": median_seconds(process(*decompress), runs),
        }


def range_coder_rates(symbols: int, runs: int) -> dict[str, float]:
    """Returns the symbols per second of coding Gaussian residuals at rates such as the codec's."""
    rng = np.random.default_rng(0)
    scales = np.exp(np.linspace(np.log(0.11), np.log(32), 64))
    coding_tables = tables.gaussian_tables(scales)
    indexes = np.minimum(rng.exponential(16.0, symbols).astype(np.int32), 63)
    values = np.round(rng.normal(0.0, scales[indexes])).astype(np.int32)

    def encode() -> bytes:
        encoder = RangeEncoder()
        encoder.encode(values, indexes, coding_tables)
        return encoder.finish()

    def decode() -> None:
        decoder = RangeDecoder(blob)
        decoder.decode(indexes, coding_tables)
        decoder.finish()

    blob = encode()
    bits = f"{8 * len(blob) / symbols:.2f} bits each"
    return {
        f"range {name}, {bits}": symbols / median_seconds(action, runs)
        for name, action in (("encoder", encode), ("decoder", decode))
    }


def main(argv: list[str]) -> None:
    if len(argv) > 1:
        raise app.UsageError(f"unexpected argument {argv[1]!r}")
    with Image.open(FLAGS.image) as picture:
        width, height = picture.size
    print(f"{provenance.machine()}; {FLAGS.image} {width}x{height}; medians of {FLAGS.runs}")
    for name, seconds in command_times(FLAGS.image, FLAGS.model, FLAGS.bpp, FLAGS.runs).items():
        print(f"{name:36}{seconds:>9.3f} s")
    for name, rate in range_coder_rates(FLAGS.symbols, FLAGS.runs).items():
        print(f"{name:36}{rate / 1000:>9,.0f} k symbols/s")


if __name__ == "__main__":
    app.run(main)
