"""Runs a batch from the first file to the last: what is done, what is left, what failed."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Callable, NamedTuple

from tfgan_codec.batch import manifest, pool, sources, staging
from tfgan_codec.batch.coder import Coder
from tfgan_codec.batch.record import Record
from tfgan_codec.batch.settings import Settings
from tfgan_codec.batch.sources import Source
from tfgan_codec.batch.work import Outcome, Task
from tfgan_codec.errors import UsageError, shown

FAILED = "failed.txt"
# Told of each outcome, with how many of how many are there.
Progress = Callable[[Outcome, int, int], None]


class Summary(NamedTuple):
    """Sums up a batch.

    Attributes:
      made, kept, failed: how many results were made, were there already, could not be made.
      source_bytes, output_bytes: of all files made and kept, before and after.
      tgc_bits, pixels: of their `.tgc` files and pictures.
      seconds: that it took.
    """

    made: int = 0
    kept: int = 0
    failed: int = 0
    source_bytes: int = 0
    output_bytes: int = 0
    tgc_bits: float = 0.0
    pixels: int = 0
    seconds: float = 0.0

    def plus(self, outcome: Outcome) -> Summary:
        """Returns this with one more outcome."""
        if outcome.record is None:
            return self._replace(failed=self.failed + 1)
        return self.with_record(outcome.record, outcome.temporary is not None)

    def with_record(self, record: Record, made: bool) -> Summary:
        """Returns this with one more result, which was made or kept."""
        pixels = record.width * record.height
        return self._replace(
            made=self.made + made,
            kept=self.kept + (not made),
            source_bytes=self.source_bytes + record.source_bytes,
            output_bytes=self.output_bytes + record.output_bytes,
            tgc_bits=self.tgc_bits + record.bpp * pixels,
            pixels=self.pixels + pixels,
        )

    def __str__(self) -> str:
        done = f"{self.made} made, {self.kept} kept, {self.failed} failed"
        rate = f"{self.made / max(self.seconds, 1e-9):.3g} pictures/s"
        if not self.pixels:
            return done
        share = 100 * self.output_bytes / max(self.source_bytes, 1)
        sizes = f"{self.source_bytes:,} bytes before, {self.output_bytes:,} after ({share:.3g} %)"
        return f"{done}: {sizes}, {self.tgc_bits / self.pixels:.4g} bpp, {rate}"


def run(
    found: Sequence[Source],
    out: str,
    settings: Settings,
    jobs: int | None = None,
    resume: bool = False,
    overwrite: bool = False,
    progress: Progress = lambda *_: None,
) -> Summary:
    """Makes the results of files in a folder, which is made, and returns what came of it.

    The folder gets a manifest, and a list of the files that failed if some did. Killed at any
    moment and run again with `resume`, it ends with the same files.

    Args:
      found: the files, see `sources.find`.
      out: the folder of results.
      settings: what to make.
      jobs: how many processes work; by default one for each core.
      resume: whether to go on in a folder that has a manifest, and leave what is done and good.
      overwrite: whether results may take the place of files that no manifest knows.
      progress: is told of each outcome.

    Raises:
      UsageError: the folder has results already, or is in use; or the settings make no sense.
    """
    folder, start = Path(out), time.monotonic()
    Coder(settings)  # what is wrong for all files is told once, and before there is a folder
    making = settings.making()
    folder.mkdir(parents=True, exist_ok=True)
    with manifest.locked(folder):
        if (folder / manifest.NAME).exists() and not resume:
            raise UsageError(
                f"{out} has results of another run: go on with --resume, or name another folder"
            )
        records = manifest.Manifest(folder)
        (folder / FAILED).unlink(missing_ok=True)
        tasks = [
            Task(each.path, each.output, folder / each.output, records.records.get(each.output))
            for each in found
        ]
        folders = {task.target.parent for task in tasks}
        staging.sweep(folders)
        summary, problems = Summary(), {}
        try:
            with closing(_outcomes(tasks, settings, making, jobs, overwrite)) as ready:
                for outcomes in ready:
                    _commit(outcomes, records)
                    for outcome in outcomes:
                        summary = summary.plus(outcome)
                        if outcome.record is None:
                            problems[outcome.task.output] = outcome.problem
                        done = summary.made + summary.kept + summary.failed
                        progress(outcome, done, len(tasks))
        finally:
            records.close()
            staging.sweep(folders)
        records.finish()
        _write_failed(folder, found, problems)
    return summary._replace(seconds=time.monotonic() - start)


def _outcomes(
    tasks: Sequence[Task], settings: Settings, making: str, jobs: int | None, overwrite: bool
) -> Generator[list[Outcome], None, None]:
    """Yields the outcomes of all tasks, those first that are refused."""
    possible = []
    for task in tasks:
        if task.known is None and not overwrite and os.path.lexists(task.target):
            problem = f"{task.target} is there and no result of ours; replace it with --overwrite"
            yield [Outcome(task, None, None, problem)]
        else:
            possible.append(task)
    with closing(pool.run(possible, settings, making, jobs or pool.cores())) as outcomes:
        yield from outcomes


def _commit(outcomes: Iterable[Outcome], records: manifest.Manifest) -> None:
    """Enters results into the manifest, then gives them their names."""
    new: list[Record] = []
    staged: list[tuple[Path, Path]] = []
    for outcome in outcomes:
        if outcome.record is not None and outcome.record != outcome.task.known:
            new.append(outcome.record)
        if outcome.temporary is not None:
            staged.append((outcome.temporary, outcome.task.target))
    if new:
        records.add(new)
    for temporary, target in staged:
        os.replace(temporary, target)
    for folder in {target.parent for _, target in staged}:
        staging.sync_folder(folder)


def _write_failed(folder: Path, found: Iterable[Source], problems: dict[str, str]) -> None:
    """Writes the list of the files that failed, each below the reason, if there are any."""
    lines = [
        f"# {shown(problems[each.output], 500)}\n{sources.list_line(sources.marked(each))}\n"
        for each in found
        if each.output in problems
    ]
    if lines:
        text = "".join(lines).encode("utf-8", errors="surrogateescape")
        staging.replace(folder / FAILED, text)
