"""Runs the cases of a fuzzer in processes of their own, and says what was worst.

A case that ends its process, by a signal or by taking too long, is counted and skipped: the number
of each case is written down before it runs. All cases follow from their numbers, so that one can be
run again alone.
"""

from __future__ import annotations

import contextlib
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tfgan_codec.errors import TgcError

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS, MOST_MEGABYTES = 2.0, 500.0
_PATIENCE = 60  # seconds for a single case, before its process is ended
# Uses a hostile thing; returns what came of it, such as "picture", or raises.
Use = Callable[[], str]
# Makes the hostile thing of a number, which takes no part in what is measured.
Case = Callable[[int], Use]


class Report(NamedTuple):
    """Holds what came of all cases; `bad` are raw exceptions and ends of the process."""

    outcomes: Counter[str]
    slowest: float  # seconds of the processor for one case
    slowest_case: int
    megabytes: float  # the most that a process took, libraries and bundle included
    largest_case: int
    bad: dict[str, list[int]]  # the numbers of cases by what was bad about them

    def problems(self) -> list[str]:
        """Returns what a person has to look at, one line each."""
        found = [f"{what}: {len(cases)}, such as {cases[:5]}" for what, cases in self.bad.items()]
        if self.slowest > MOST_SECONDS:
            found.append(f"case {self.slowest_case} took {self.slowest:.2f} s")
        if self.megabytes > MOST_MEGABYTES:
            found.append(f"case {self.largest_case} took {self.megabytes:.0f} MB")
        return found


def run(arguments: list[str], first: int, last: int | None, minutes: float | None) -> Report:
    """Runs the cases `first` .. `last` - 1, or as many as fit in `minutes`, of the fuzzer that
    `arguments` of the command line name, and sums them up."""
    total = Report(Counter(), 0.0, first, 0.0, first, {})
    end = time.monotonic() + 60 * minutes if minutes else float("inf")
    while (last is None or first < last) and time.monotonic() < end:
        with tempfile.TemporaryDirectory() as folder:
            notes = Path(folder) / "notes"
            left = "" if minutes is None else f"--seconds={max(end - time.monotonic(), 0.1)}"
            stop = "" if last is None else f"--last={last}"
            command = [sys.executable, "-m", "tests.fuzz", *arguments, f"--first={first}"]
            command += [each for each in (left, stop, f"--notes={notes}") if each]
            ended = _watched(command, notes)
            total, first = _add(total, notes, ended, first)
        if not ended:
            break
    return total


def child(case: Case, first: int, last: int | None, seconds: float | None, notes: Path) -> None:
    """Runs cases in this process and writes a line on each to `notes`."""
    end = time.monotonic() + seconds if seconds else float("inf")
    with notes.open("w", encoding="utf-8") as file:
        number = first
        while (last is None or number < last) and time.monotonic() < end:
            print(number, file=file, flush=True)
            if number % 16 == 0:
                gc.collect()  # what earlier cases left in circles is not this one's
            use = case(number)
            start = time.process_time()  # of all threads: the machine may be busy
            try:
                outcome, bad = use(), False
            except TgcError as error:
                outcome, bad = refusal(error)
            except Exception as error:
                outcome, bad = f"{type(error).__name__}: {str(error)[:90]}", True
            took = time.process_time() - start
            peak = peak_megabytes()
            print(json.dumps([outcome, bad, took, peak]), file=file, flush=True)
            number += 1


def peak_megabytes() -> float:
    """Returns the most memory that this program has had. Where the system does not tell, it is what
    the process has had, which begins with the memory of the one that started it."""
    with contextlib.suppress(OSError), open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def refusal(error: TgcError) -> tuple[str, bool]:
    """Counts a refusal by its kind, and as bad if it is no plain line."""
    text = str(error)
    if not text.isprintable() or len(text) > 1000:
        return f"{type(error).__name__} with {len(text)} odd characters", True
    return f"refused ({type(error).__name__})", False


def _watched(command: list[str], notes: Path) -> str:
    """Runs a process to its end; returns how it ended, "" if well."""
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    seen, since = -1, time.monotonic()
    while True:
        try:
            _, errors = process.communicate(timeout=1)
            break
        except subprocess.TimeoutExpired:
            size = notes.stat().st_size if notes.exists() else 0
            if size != seen:
                seen, since = size, time.monotonic()
            elif time.monotonic() - since > _PATIENCE:
                process.kill()
    if process.returncode > 0:
        raise RuntimeError(f"the fuzzer itself failed: {errors[-2000:]}")
    return f"signal {-process.returncode}" if process.returncode else ""


def _add(total: Report, notes: Path, ended: str, first: int) -> tuple[Report, int]:
    """Adds what a process wrote; returns the sum and the number of the next case."""
    outcomes, bad, number = total.outcomes, total.bad, first - 1
    text = notes.read_text(encoding="utf-8") if notes.exists() else ""
    for line in text.splitlines():
        if not line.startswith("["):
            number = int(line)
            continue
        outcome, is_bad, took, peak = json.loads(line)
        outcomes["bad" if is_bad else outcome] += 1
        if is_bad:
            bad.setdefault(outcome, []).append(number)
        if took > total.slowest:
            total = total._replace(slowest=took, slowest_case=number)
        if peak > total.megabytes:
            total = total._replace(megabytes=peak, largest_case=number)
    if ended:
        outcomes["bad"] += 1
        bad.setdefault(ended, []).append(number)
    return total, number + 1
