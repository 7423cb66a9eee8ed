"""Fuzzes what reads strangers' files: `python -m tests.fuzz --minutes=5 container`.

Fuzzers: container, bundles, networks, pictures. Ends with status 1 if something raised another
exception than a TgcError, ended the process, or took more than 2 s or 500 MB.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from tests.fuzz import runner

NAMES = ("container", "bundles", "networks", "pictures")


def main() -> int:
    """Runs a fuzzer, or, with --notes, some of its cases in this process."""
    parser = argparse.ArgumentParser("python -m tests.fuzz", description=__doc__)
    parser.add_argument("fuzzer", choices=NAMES)
    parser.add_argument("--minutes", type=float, help="how long")
    parser.add_argument("--bundle", help="a bundle for `networks`, by default tests/data/tiny")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--last", type=int, help="number after the last")
    parser.add_argument("--seconds", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--notes", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    module = importlib.import_module(f"tests.fuzz.{asked.fuzzer}")
    if asked.notes:
        case = module.cases(asked.bundle or str(runner.ROOT / "tests" / "data" / "tiny"))
        runner.child(case, asked.first, asked.last, asked.seconds, asked.notes)
        return 0
    arguments = [asked.fuzzer, *([f"--bundle={asked.bundle}"] if asked.bundle else [])]
    report = runner.run(arguments, asked.first, asked.last, asked.minutes)
    print(f"{asked.fuzzer}: {sum(report.outcomes.values())} cases: {dict(report.outcomes)}")
    print(f"slowest {report.slowest:.3f} s (case {report.slowest_case})")
    print(f"largest {report.megabytes:.0f} MB (case {report.largest_case})")
    for problem in report.problems():
        print("PROBLEM", problem)
    return 1 if report.problems() else 0


if __name__ == "__main__":
    sys.exit(main())
