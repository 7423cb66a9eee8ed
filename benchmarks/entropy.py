"""Times entropy decoding in Python and in another language: one file, one machine, in turns."""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from tfgan_codec import cli
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.codec import Codec, load
from tfgan_codec.coding import hyperprior
from tfgan_codec.errors import BundleError
from tfgan_codec.format import container

ROUNDS = 5
PYTHON_RUNS = 10


class Other(NamedTuple):
    """Holds how the other language's decoder is run.

    Its program takes the folder of a bundle, a file and a number of runs. It prints one JSON
    object: the milliseconds of each run by the clocks of `Times`, the SHA-256 of the symbols "z",
    "indexes" and "r", and whether they coded to the "same_bytes" again.
    """

    name: str  # of the language
    command: list[str]
    warm_up: int  # runs that do not count
    runs: int
    missing: str  # what to do where it cannot be run


class Times(NamedTuple):
    """Holds the milliseconds of each run, by two clocks."""

    processor: list[float]  # of the thread that decodes
    wall: list[float]


def main(other: Other, usage: str, argv: Sequence[str] | None = None) -> int:
    """Runs a program that compares a picture's file, and returns its exit status."""
    values = cli.Flags()
    values.add_model()
    values.add("bpp", 0.1, "Bits per pixel of the file.")

    def compare(picture: str) -> None:
        codec = load(values.model)
        blob = codec.compress(picture, bpp=values.bpp)
        with tempfile.NamedTemporaryFile(suffix=".tgc") as file:
            file.write(blob)
            file.flush()
            report(other, codec, blob, str(bundle_files.locate(values.model)), file.name)

    return cli.run(compare, values, usage, argv)


def report(other: Other, codec: Codec, blob: bytes, folder: str, path: str) -> None:
    """Prints how long both took to decode a file, and whether they agree."""
    python, theirs = Times([], []), Times([], [])
    agree = True
    for _ in range(ROUNDS):
        times, hashes = in_python(codec, blob)
        result = in_other(other, folder, path)
        for clock in Times._fields:
            getattr(python, clock).extend(getattr(times, clock))
            getattr(theirs, clock).extend(result[clock][other.warm_up :])
        agree &= result["same_bytes"] and all(result[k] == v for k, v in hashes.items())
    file = container.parse(blob).file
    bpp = 8 * len(blob) / (file.width * file.height)
    print(f"{file.width}x{file.height}, {len(blob)} bytes, {bpp:.3f} bpp, quality {file.quality}")
    for clock in Times._fields:
        one, two = getattr(python, clock), getattr(theirs, clock)
        medians = statistics.median(one), statistics.median(two)
        print(
            f"{clock:9} time: Python {medians[0]:6.2f} ms, {other.name} {medians[1]:5.2f} ms by"
            f" medians: {medians[0] / medians[1]:.1f} times as fast;"
            f" at best {min(one):.2f} and {min(two):.2f}: {min(one) / min(two):.1f}"
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


def in_other(other: Other, folder: str, path: str) -> dict[str, Any]:
    """Returns what the other program prints, the warm-up's times first."""
    command = [*other.command, folder, path, str(other.warm_up + other.runs)]
    try:
        done = subprocess.run(command, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BundleError(f"{other.name} cannot run its decoder; {other.missing}") from error
    result: dict[str, Any] = json.loads(done.stdout)
    return result
