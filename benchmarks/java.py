"""Times entropy decoding in Python and in Java: the same file, on the same machine, in turns."""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tfgan_codec import cli
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.codec import Codec, load
from tfgan_codec.coding import hyperprior
from tfgan_codec.errors import BundleError
from tfgan_codec.format import container

_USAGE = """
usage: python -m benchmarks.java PICTURE [--model=mobile] [--bpp=0.1]

Compresses PICTURE, then decodes everything of the file that is exact (hyper-latents, index map,
its check, residuals) in Python and in Java. The two take turns and are warm when the clocks start:
the processor time of the thread that decodes, which other load on the machine touches little (and
which misses NumPy's other threads), and the time that goes by. Java uses one thread.
Symbols and re-encoded bytes are compared as well.
Java's classes come from: make test-java
"""

ROUNDS = 5
PYTHON_RUNS = 10
JAVA_WARM_UP, JAVA_RUNS = 400, 100
CLASSES = Path(__file__).resolve().parent.parent / "export/android/decoder/build/maven"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    values.add_model()
    values.add("bpp", 0.1, "Bits per pixel of the file.")

    def compare(picture: str) -> None:
        codec = load(values.model)
        blob = codec.compress(picture, bpp=values.bpp)
        with tempfile.NamedTemporaryFile(suffix=".tgc") as file:
            file.write(blob)
            file.flush()
            report(codec, blob, str(bundle_files.locate(values.model)), file.name)

    return cli.run(compare, values, _USAGE, argv)


class Times(NamedTuple):
    """Holds the milliseconds of each run, by two clocks."""

    processor: list[float]
    wall: list[float]


def report(codec: Codec, blob: bytes, folder: str, path: str) -> None:
    """Prints how long Python and Java took to decode a file, and whether they agree."""
    python, java = Times([], []), Times([], [])
    agree = True
    for _ in range(ROUNDS):
        times, hashes = in_python(codec, blob)
        result = in_java(folder, path)
        for clock in Times._fields:
            getattr(python, clock).extend(getattr(times, clock))
            getattr(java, clock).extend(result[clock][JAVA_WARM_UP:])
        agree &= result["same_bytes"] and all(result[k] == v for k, v in hashes.items())
    file = container.parse(blob).file
    bpp = 8 * len(blob) / (file.width * file.height)
    print(f"{file.width}x{file.height}, {len(blob)} bytes, {bpp:.3f} bpp, quality {file.quality}")
    for clock in Times._fields:
        one, other = getattr(python, clock), getattr(java, clock)
        medians = statistics.median(one), statistics.median(other)
        print(
            f"{clock:9} time: Python {medians[0]:6.2f} ms, Java {medians[1]:5.2f} ms by medians:"
            f" {medians[0] / medians[1]:.1f} times as fast;"
            f" at best {min(one):.2f} and {min(other):.2f}: {min(one) / min(other):.1f}"
        )
    print(f"symbols and re-encoded bytes are {'the same' if agree else 'DIFFERENT'}")


def in_python(codec: Codec, blob: bytes) -> tuple[Times, dict[str, str]]:
    """Decodes a file's symbols in Python; returns the times of each run and the symbols' hashes."""
    file, bundle = container.parse(blob).file, codec.bundle
    times = Times([], [])
    for _ in range(1 + PYTHON_RUNS):
        wall, processor = time.perf_counter(), time.thread_time()
        coding = hyperprior.read_symbols(bundle, file)
        times.processor.append(1e3 * (time.thread_time() - processor))
        times.wall.append(1e3 * (time.perf_counter() - wall))
    hashes = {k: hashlib.sha256(v.tobytes()).hexdigest() for k, v in coding._asdict().items()}
    return Times(times.processor[1:], times.wall[1:]), hashes


def in_java(folder: str, path: str) -> dict[str, Any]:
    """Returns by name what EntropySpeed.java measures: hashes, and times, the warm-up's first."""
    classes = f"{CLASSES / 'classes'}:{CLASSES / 'test-classes'}"
    runs = str(JAVA_WARM_UP + JAVA_RUNS)
    command = ["java", "-cp", classes, "org.tfgan.codec.EntropySpeed", folder, path, runs]
    try:
        done = subprocess.run(command, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BundleError("Java cannot run the decoder's classes; make test-java first") from error
    result: dict[str, Any] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    sys.exit(main())
