"""Times entropy decoding in Python and in JavaScript: the same file, same machine, in turns."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import entropy

_USAGE = """
usage: python -m benchmarks.web PICTURE [--model=mobile] [--bpp=0.1]

Compresses PICTURE, then decodes everything of the file that is exact (hyper-latents, index map,
its check, residuals) in Python and in the browser's codec, which Node runs. The two take turns and
are warm when the clocks start: the processor time of the thread that decodes (in JavaScript of the
whole process, its compiler and garbage collector too), and the time that goes by.
Symbols and re-encoded bytes are compared as well.
"""

_SCRIPT = Path(__file__).resolve().parent.parent / "export/web/tests/codec/entropy-speed.js"
WEB = entropy.Other(
    "JavaScript", ["node", str(_SCRIPT)], warm_up=100, runs=100, missing="install Node 18 or later"
)

if __name__ == "__main__":
    sys.exit(entropy.main(WEB, _USAGE))
