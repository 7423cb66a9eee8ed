"""Times entropy decoding in Python and in Java: the same file, on the same machine, in turns."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import entropy

_USAGE = """
usage: python -m benchmarks.java PICTURE [--model=mobile] [--bpp=0.1]

Compresses PICTURE, then decodes everything of the file that is exact (hyper-latents, index map,
its check, residuals) in Python and in Java. The two take turns and are warm when the clocks start:
the processor time of the thread that decodes, which other load on the machine touches little (and
which misses NumPy's other threads), and the time that goes by. Java uses one thread.
Symbols and re-encoded bytes are compared as well.
Java's classes come from: make test-java
"""

_CLASSES = Path(__file__).resolve().parent.parent / "export/android/decoder/build/maven"
_PATH = f"{_CLASSES / 'classes'}:{_CLASSES / 'test-classes'}"
JAVA = entropy.Other(
    "Java",
    ["java", "-cp", _PATH, "org.tfgan.codec.EntropySpeed"],
    warm_up=400,
    runs=100,
    missing="make test-java first",
)

if __name__ == "__main__":
    sys.exit(entropy.main(JAVA, _USAGE))
