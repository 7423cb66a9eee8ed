"""Does one file of an archive after the other, in a process of its own: all but giving the results
their names, which the process that keeps the manifest does."""

from __future__ import annotations

import contextlib
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from tfgan_codec.batch import staging
from tfgan_codec.batch.coder import Coder, Digest, digest, digest_of
from tfgan_codec.batch.problems import problem_of
from tfgan_codec.batch.record import Record
from tfgan_codec.batch.settings import Settings


class Task(NamedTuple):
    """Says what to do: of the file `source` the result `output`, at the path `target`; `known` is
    what the manifest says of that."""

    source: str
    output: str
    target: Path
    known: Record | None = None


class Outcome(NamedTuple):
    """Tells what was done.

    Attributes:
      task: what was to be done.
      record: of the result; None if there is none.
      temporary: the file that is to get the result's name; None if that is there and good.
      problem: why there is no result, in a line; "" if there is one.
    """

    task: Task
    record: Record | None
    temporary: Path | None
    problem: str = ""


def serve(connection: Connection, settings: Settings, making: str) -> None:
    """Does the tasks that come through a connection, and sends an `Outcome` of each, until the
    other end is closed, as it is when the process there was killed. What that one may not have seen
    any more is taken away: it has made no use of it, if the temporary file is still there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other process
    coder, temporary = None, None
    with contextlib.suppress(EOFError, OSError):
        while True:
            task = connection.recv()
            coder = coder or Coder(settings)
            outcome = do(task, coder, making)
            temporary = outcome.temporary
            connection.send(outcome)
    if temporary is not None:
        staging.discard(temporary)


def do(task: Task, coder: Coder, making: str) -> Outcome:
    """Makes the result of a file, or finds that it is there and good. Whatever is wrong with a file
    is told in the outcome: thousands of others are not to wait for it."""
    try:
        with open(task.source, "rb") as source:
            found = digest(source)
            if task.known is not None and _is_good(task.target, task.known, found, making):
                return Outcome(task, _verified(task.target, task.known, coder), None)
            made = coder.make(source)
        record = coder.record(task.output, task.source, found, made, making)
        temporary = staging.stage(task.target, made.data)
        try:
            return Outcome(task, _verified(temporary, record, coder), temporary)
        except BaseException:
            staging.discard(temporary)
            raise
    except Exception as error:
        return Outcome(task, None, None, problem_of(error, task.source))


def _is_good(target: Path, known: Record, source: Digest, making: str) -> bool:
    """Whether a result is there, made of this very file with these settings, and undamaged."""
    if (known.making, known.source_bytes, known.source_sha256) != (making, *source):
        return False
    try:
        if target.stat().st_size != known.output_bytes:
            return False
        return digest_of(target.read_bytes()).sha256 == known.output_sha256
    except OSError:
        return False


def _verified(path: Path, record: Record, coder: Coder) -> Record:
    """Returns a record that says it is verified, after that was done, if it is asked for."""
    if not coder.settings.verify or record.verified:
        return record
    coder.verify(path.read_bytes(), record.width, record.height)
    return record._replace(verified=True)
