"""Plans which files a command makes of which, and makes one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Callable, NamedTuple

from tfgan_codec import cli, streams
from tfgan_codec.errors import TgcError, UsageError


class Job(NamedTuple):
    """Names a file to read and the one to make of it."""

    source: str  # a path, or - for standard input
    target: str  # a path, or - for standard output
    named: bool = True  # whether the user named the target, as opposed to its folder at most


def plan(
    names: Sequence[str], out: str | None, extension: str, reads: Callable[[str], bool]
) -> list[Job]:
    """Returns what the names on a command line ask for.

    The last of two names is the target, unless it is one more file to read; the last of several
    can be a folder for the targets. Targets without a name are called like their sources and stand
    beside these; that of standard input is standard output.

    Args:
      names: files to read and perhaps, in the end, a target.
      out: the target, if a flag names it: a file, a folder, or - for standard output.
      extension: that of targets without a name, such as ".tgc".
      reads: whether the command would read the file of a name, rather than write it.

    Raises:
      CommandLineError: the names do not fit together. Nothing has been done then.
    """
    sources = list(names)
    if out is None and len(names) > 1:
        last = names[-1]
        if os.path.isdir(last) or (len(names) == 2 and not reads(last)):
            out = sources.pop()
        elif last.lower().endswith(extension) and not reads(last):
            raise cli.CommandLineError(f"{len(names) - 1} files do not fit into {last}{_FOLDER}")
    if len(sources) > 1 and any(map(streams.is_stream, sources)):
        raise cli.CommandLineError("standard input and pipes are read alone, not beside files")
    if out is None or os.path.isdir(out):
        jobs = [Job(s, _called_like(s, out, extension), named=False) for s in sources]
    elif out.endswith(("/", os.sep)):
        raise cli.CommandLineError(f"there is no folder {out}; make it first: mkdir -p {out}")
    elif len(sources) > 1:
        raise cli.CommandLineError(f"{len(sources)} files do not fit into {out}{_FOLDER}")
    else:
        jobs = [Job(sources[0], out)]
    _refuse_collisions(jobs)
    return jobs


def each(jobs: Iterable[Job], do: Callable[[Job], None]) -> None:
    """Calls `do` for all jobs. An error is printed in a line that names the source, and the next
    job goes on; `cli.Unfinished` is raised in the end."""
    failed = False
    for job in jobs:
        try:
            do(job)
            continue
        except streams.OutputError:
            raise
        except TgcError as error:
            message = str(error)
        except MemoryError:
            message = cli.NO_MEMORY
        told = [form.format(name) for form in _NAMING for name in job[:2]]
        cli.fail(message if message.startswith((*told,)) else f"{_words(job.source)}: {message}")
        failed = True
    if failed:
        raise cli.Unfinished


def source_of(job: Job) -> str | BinaryIO:
    """Returns what the job is to read: the name of a file, or standard input, open."""
    if os.path.isdir(job.source):
        raise UsageError(f"{job.source} is a folder; name files in it, {job.source}/* names all")
    return streams.source(job.source)


def refuse_overwriting(sources: Iterable[str], targets: Iterable[str]) -> None:
    """Raises `CommandLineError` if a file to write is one that is read."""
    read = {_identity(source) for source in sources} - {None}
    for target in targets:
        if _identity(target) in read:
            raise cli.CommandLineError(f"{target} would overwrite a file that is read")


_FOLDER = "; name a folder for them with --out=FOLDER"
_NAMING = ("{} ", "{}: ", "cannot read {}", "cannot write {}")  # how errors begin that name a file


def _called_like(source: str, folder: str | None, extension: str) -> str:
    """Returns the name of the target of a source that got none."""
    if not streams.is_stream(source):
        name = os.path.splitext(source)[0] + extension
        return name if folder is None else os.path.join(folder, os.path.basename(name))
    if folder is None:
        return streams.STANDARD
    raise cli.CommandLineError(
        f"what comes from {_words(source)} has no name in {folder}; give one with --out=FILE"
    )


def _refuse_collisions(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.target == job.source and not streams.is_stream(job.source):
            raise cli.CommandLineError(
                f"{job.source} is called like the file to make of it; name that with --out=FILE"
            )
    refuse_overwriting((job.source for job in jobs), (job.target for job in jobs))
    made: dict[str, Job] = {}
    for job in jobs:
        place = job.target if streams.is_stream(job.target) else os.path.realpath(job.target)
        other = made.setdefault(place, job)
        if other is not job:
            raise cli.CommandLineError(
                f"{_words(other.source)} and {_words(job.source)} would both become {job.target}; "
                "make one after the other"
            )


def _identity(name: str) -> tuple[int, int] | None:
    """Returns what two names of one file have in common, hard links too."""
    if streams.is_stream(name) or not os.path.exists(name):
        return None
    found = os.stat(name)
    return found.st_dev, found.st_ino


def _words(source: str) -> str:
    return "standard input" if streams.is_input(source) else source
