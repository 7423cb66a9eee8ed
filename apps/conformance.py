"""Tests decoders of .tgc files, in any language, against the conformance suite."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from tfgan_codec import cli
from tfgan_codec.conformance import suite, table
from tfgan_codec.conformance.answers import ask
from tfgan_codec.conformance.verdicts import judge

_USAGE = """
usage: python -m apps.conformance COMMAND [NAME=COMMAND ...] [--suite=FOLDER]

Runs each decoder, given as a command line, over the files of the suite that conformance/make.py
made, and prints a table: how many files it reads to the right symbols and pixels, and how many
malformed ones it refuses. Ends with status 1 when one of its answers is wrong. A decoder is called
with a model, a folder to write and files; docs/conformance.md says what it writes.

  python conformance/make.py
  python -m apps.conformance "python -m tfgan_codec.conformance"
  python -m apps.conformance minimal=build/minimal node="node export/web/conformance.js"
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit status."""
    values = cli.Flags()
    text = "The folder of the suite."
    values.add("suite", "conformance/suite", text)

    def command(first: str, *others: str) -> None:
        cases = suite.read(Path(values.suite))
        verdicts = {}
        for text in (first, *others):
            name, line = _named(text)
            answers = ask(line, cases)
            verdicts[name] = [
                verdict for case in cases.cases for verdict in judge(case, answers[case.name])
            ]
        print(table.markdown(verdicts))
        failed = table.failures(verdicts)
        for each in failed:
            print(each, file=sys.stderr)
        if failed:
            raise cli.Unfinished

    return cli.run(command, values, _USAGE, argv)


def _named(text: str) -> tuple[str, list[str]]:
    """Returns the name and the words of a command line, which may have a name in front."""
    name, mark, line = text.partition("=")
    if not mark or not name.isidentifier():
        name, line = "decoder", text
    words = shlex.split(line)
    if not words:
        raise cli.CommandLineError(f"{text!r} names no command")
    return name, words


if __name__ == "__main__":
    sys.exit(main())
