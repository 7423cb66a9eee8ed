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
from typing import Any

from absl import flags

from apps import _main
from tfgan_codec import bundle_files, container, latents
from tfgan_codec.codec import Codec, load
from tfgan_codec.errors import BundleError

_USAGE = """
usage: python -m benchmarks.java PICTURE [--model=mobile] [--bpp=0.1]

Compresses PICTURE, then decodes everything of the file that is exact (hyper-latents, index map, its
check, residuals) in Python and in Java. The two take turns and are warm when the clock starts. The
clock is the processor time of the thread that decodes, which other load on the machine touches
little. Symbols and re-encoded bytes are compared as well.
Java's classes come from: make test-java
"""

ROUNDS = 5
PYTHON_RUNS = 10
JAVA_WARM_UP, JAVA_RUNS = 400, 100
CLASSES = Path(__file__).resolve().parent.parent / "export/android/decoder/build/maven"


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = _main.new_flags()
    flags.DEFINE_string("model", "mobile", "A model's name, or a folder.", flag_values=values)
    flags.DEFINE_float("bpp", 0.1, "Bits per pixel of the file.", flag_values=values)

    def compare(picture: str) -> None:
        codec = load(values.model)
        blob = codec.compress(picture, bpp=values.bpp)
        with tempfile.NamedTemporaryFile(suffix=".tgc") as file:
            file.write(blob)
            file.flush()
            report(codec, blob, str(bundle_files.locate(values.model)), file.name)

    return _main.run(compare, values, _USAGE, argv)


def report(codec: Codec, blob: bytes, folder: str, path: str) -> None:
    """Prints what both took, and whether they agree."""
    python_ms: list[float] = []
    java_ms: list[float] = []
    agree = True
    for _ in range(ROUNDS):
        times, hashes = in_python(codec, blob)
        python_ms += times
        result = in_java(folder, path)
        java_ms += result["ms"][JAVA_WARM_UP:]
        agree &= result["same_bytes"] and all(result[k] == v for k, v in hashes.items())
    file = container.parse(blob).file
    bpp = 8 * len(blob) / (file.width * file.height)
    print(f"{file.width}x{file.height}, {len(blob)} bytes, {bpp:.3f} bpp, quality {file.quality}")
    for name, ms in (("Python", python_ms), ("Java", java_ms)):
        print(f"{name:7} median {statistics.median(ms):6.2f} ms, least {min(ms):6.2f} ms")
    ratios = (
        statistics.median(python_ms) / statistics.median(java_ms),
        min(python_ms) / min(java_ms),
    )
    print(f"Java is {ratios[0]:.1f} times faster by medians, {ratios[1]:.1f} times at best")
    print(f"symbols and re-encoded bytes are {'the same' if agree else 'DIFFERENT'}")


def in_python(codec: Codec, blob: bytes) -> tuple[list[float], dict[str, str]]:
    """Milliseconds of each run, and hashes of the symbols."""
    file, bundle = container.parse(blob).file, codec.bundle
    size = -(-file.height // 16), -(-file.width // 16)
    tables = bundle.z_tables, bundle.y_tables
    times = []
    for _ in range(1 + PYTHON_RUNS):
        start = time.thread_time()
        coding = latents.decode_symbols(file.streams[0], *size, *tables, bundle.scale_decoder)
        times.append(1e3 * (time.thread_time() - start))
    hashes = {k: hashlib.sha256(v.tobytes()).hexdigest() for k, v in coding._asdict().items()}
    return times[1:], hashes


def in_java(folder: str, path: str) -> dict[str, Any]:
    """The same by EntropySpeed.java, with the times of the warm-up in front."""
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
