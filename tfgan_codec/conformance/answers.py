"""Asks a decoder, that is any program, what it finds in the files of a suite."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tfgan_codec.bundle.files import MANIFEST, SHIPPED
from tfgan_codec.conformance import pnm
from tfgan_codec.conformance.suite import FORMS, Suite
from tfgan_codec.errors import ImageError, UsageError, shown

SECONDS = 300  # that a decoder may take for all files of a model
SECONDS_ALONE = 30  # and for one, where it did not come to its end with all
PATIENCE = 5  # files of a model that it may fail alone; then it is not asked about more of them


class Answer(NamedTuple):
    """Holds what a decoder found in a file."""

    error: str = ""  # the class of the error, where it gave one
    unsupported: str = ""  # what it knows that it cannot do, where that is why it did not try
    symbols: tuple[dict[str, str], ...] = ()  # as in `suite.Case`
    form: str = FORMS[0]
    picture: pnm.Levels | None = None
    problem: str = ""  # why there is no answer, or none that can be read


def ask(command: Sequence[str], suite: Suite) -> dict[str, Answer]:
    """Runs a decoder over all files of a suite and returns its answers by the names of the cases.

    Args:
      command: the decoder's command line, to which a model, a folder to write and the names of
        files are added.
      suite: the files.
    """
    found = {}
    for model, place in suite.models.items():
        cases = [case for case in suite.cases if case.model == model]
        with tempfile.TemporaryDirectory() as scratch:
            out = Path(scratch, "out")
            out.mkdir()
            whole = _whole(place, Path(scratch, "model"))
            files = [str(case.file) for case in cases]
            asked = [*command, str(whole), str(out)]
            problem, failed = _run([*asked, *files], SECONDS), 0
            for case in cases:
                answer, alone = out / f"{case.name}.json", problem
                if problem and not answer.exists() and failed < PATIENCE:
                    # The fault may be another file's.
                    alone = _run([*asked, str(case.file)], SECONDS_ALONE)
                    failed += bool(alone)
                found[case.name] = _answer(answer, alone)
    return found


def _whole(place: Path, scratch: Path) -> Path:
    """Returns the folder of a model, completed from the installation where the suite has only its
    normative part: shipped models are as large as ten suites."""
    if (place / MANIFEST).exists():
        return place
    shutil.copytree(SHIPPED / place.name, scratch)
    return Path(shutil.copytree(place, scratch, dirs_exist_ok=True))


def _run(command: list[str], seconds: int) -> str:
    """Runs a command for so long at most; returns what was wrong with it, or nothing."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except OSError as error:
        raise UsageError(f"{shown(command[0])} cannot be run: {error.strerror}") from error
    except subprocess.TimeoutExpired:
        return f"the decoder took more than {seconds} s"
    if not done.returncode:
        return ""
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    return f"the decoder ended with status {done.returncode}: {shown(' '.join(last), 300)}"


def _answer(path: Path, problem: str) -> Answer:
    """Reads the answer about a file; `problem` is what was wrong with the program."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return Answer(problem=problem or "the decoder wrote no answer")
    except ValueError as error:
        return Answer(problem=f"the answer is no JSON: {error}")
    if not isinstance(fields, dict):
        return Answer(problem="the answer is no JSON object")
    picture = path.with_suffix(".pnm")
    try:
        levels = pnm.read(picture.read_bytes()) if picture.exists() else None
    except ImageError as error:
        return Answer(problem=str(error))
    return _of_fields(fields, levels)


def _of_fields(fields: dict[str, Any], levels: pnm.Levels | None) -> Answer:
    error, unsupported = fields.get("error", ""), fields.get("unsupported", "")
    symbols, form = fields.get("symbols", []), fields.get("decoder", FORMS[0])
    texts = all(isinstance(each, str) for each in (error, unsupported, form))
    lists = isinstance(symbols, list) and all(isinstance(each, dict) for each in symbols)
    if not texts or not lists or form not in FORMS:
        return Answer(problem="the answer has a field of another type than the protocol says")
    return Answer(error, unsupported, tuple(symbols), form, levels)
