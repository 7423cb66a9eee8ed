"""Runs a batch on this machine as people see it: with a bar, and a line for each failure."""

from __future__ import annotations

from collections.abc import Iterable

from tfgan_codec import cli
from tfgan_codec.batch import run as batch
from tfgan_codec.batch import sources
from tfgan_codec.batch.settings import Settings
from tfgan_codec.batch.work import Outcome
from tfgan_codec.errors import UsageError
from tfgan_codec.progress import Bar


def run(
    names: Iterable[str],
    lists: Iterable[str],
    out: str,
    settings: Settings,
    recursive: bool = False,
    jobs: int | None = None,
    resume: bool = False,
    overwrite: bool = False,
) -> batch.Summary:
    """Does `batch.run` for the files that `sources.find` finds; `UsageError` if these are none."""
    found = sources.find(names, lists, out, settings, recursive)
    if not found:
        raise UsageError("there is nothing to do in what you named; --recursive looks deeper")
    with Bar(settings.mode) as bar:
        failed = 0

        def progress(outcome: Outcome, done: int, of: int) -> None:
            nonlocal failed
            if outcome.problem:
                failed += 1
                bar.close()
                cli.fail(f"{outcome.task.source}: {outcome.problem}")
            bar(done / of, f"{failed} failed" if failed else "")

        return batch.run(found, out, settings, jobs, resume, overwrite, progress)
