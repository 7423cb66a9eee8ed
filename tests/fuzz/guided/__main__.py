"""Fuzzes with atheris, which prefers inputs that reach new lines: `make fuzz`, or

    python -m tests.fuzz.guided container --seconds=600 --corpus=FOLDER

An input that raises, takes more than 2 s or more than 500 MB ends the program with status 1 and is
written beside the folder; it belongs into tests/data/found/NAME then, and the code is to be mended.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import logging
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.guided import NAMES, target
from tests.fuzz.runner import MOST_MEGABYTES, peak_megabytes

# Of the whole process, and no measure of what is fuzzed: the fuzzer keeps some 10 kB of each run.
_MOST_OF_ALL = 8000  # MB
_AT_ONCE = 150  # seconds in one process, for the same reason
_PATIENCE = 20  # seconds for one input, after which the fuzzer ends


def main() -> None:
    """Fuzzes one target; libFuzzer ends the process."""
    parser = argparse.ArgumentParser("python -m tests.fuzz.guided", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--seconds", type=int, default=60, help="how long")
    parser.add_argument("--corpus", type=Path, help="a folder for inputs; kept, and used again")
    asked = parser.parse_args()
    corpus = asked.corpus or Path(tempfile.mkdtemp())
    if asked.seconds > _AT_ONCE:
        sys.exit(_in_turns(asked.name, asked.seconds, corpus))
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is needed, which there is for Linux on x86-64: pip install atheris")
    logging.disable()  # notes on pictures
    with atheris.instrument_imports(include=["tfgan_codec", "PIL"]):
        fuzzed = importlib.import_module(f"tests.fuzz.guided.{asked.name}").target()
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in [*fuzzed.seeds, *(path.read_bytes() for path in target.found(asked.name))]:
        (corpus / hashlib.sha256(seed).hexdigest()).write_bytes(seed)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        changed = atheris.Mutate(data, most)
        return changed if seed % 8 == 0 else fuzzed.repaired(changed)[:most]

    longest = max(map(len, fuzzed.seeds))
    options = [f"-max_total_time={asked.seconds}", f"-max_len={longest}", f"-timeout={_PATIENCE}"]
    options += [f"-rss_limit_mb={_MOST_OF_ALL}", f"-artifact_prefix={corpus}-"]
    options += ["-print_final_stats=1", "-verbosity=0", str(corpus)]
    atheris.Setup([sys.argv[0], *options], lambda data: run(fuzzed, data), custom_mutator=mutate)
    atheris.Fuzz()


def _in_turns(name: str, seconds: int, corpus: Path) -> int:
    """Fuzzes in one process after the other, each with the inputs of those before, until one finds
    something; returns the exit status."""
    program = [sys.executable, "-m", "tests.fuzz.guided", name, f"--corpus={corpus}"]
    for start in range(0, seconds, _AT_ONCE):
        part = min(_AT_ONCE, seconds - start)
        status = subprocess.run([*program, f"--seconds={part}"], check=False).returncode
        if status:
            return status
    return 0


def run(fuzzed: target.Target, data: bytes) -> None:
    """Uses one input, and raises `Misbehaved` also for more than 500 MB at any time meanwhile."""
    Path("/proc/self/clear_refs").write_text("5")  # from here on the peak is that of this input
    before = peak_megabytes()
    target.run(fuzzed, data)
    took = peak_megabytes() - before
    if took > MOST_MEGABYTES:
        raise target.Misbehaved(f"it took {took:.0f} MB")


if __name__ == "__main__":
    main()
