"""Runs the tasks of a batch in several processes, and outlives these.

Processes are spawned, not forked: a fork would copy the locks of LiteRT's threads in whatever state
they are, and hang; spawned ones start from nothing, on any system, in a third of a second. Each has
a pipe of its own, so that it sees at once that this process has ended, and this process which task
it had when it has ended itself: a picture that kills the decoder costs itself alone.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import wait

from tfgan_codec import blas
from tfgan_codec.batch.settings import Settings
from tfgan_codec.batch.work import Outcome, Task, serve

_AHEAD = 2  # tasks a process has, so that it goes on while this one writes
_TRIES = 2  # of a task whose process ended: that may have been for want of memory


def cores() -> int:
    """Returns how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    tasks: Iterable[Task], settings: Settings, making: str, jobs: int
) -> Generator[list[Outcome], None, None]:
    """Yields the outcomes of all tasks, those together that are there at the same time.

    Args:
      tasks: what to do, in the order in which it is begun.
      settings: of the batch, and `making`, what they are in records.
      jobs: how many processes to start at most.
    """
    todo = deque(tasks)
    workers = [_Worker(settings, making) for _ in range(min(jobs, len(todo)))]
    failures: dict[str, int] = {}
    try:
        while todo or any(worker.tasks for worker in workers):
            for depth in range(_AHEAD):  # each gets one before any gets two
                for worker in workers:
                    if todo and len(worker.tasks) <= depth:
                        worker.give(todo.popleft())
            ready = wait([worker.connection for worker in workers if worker.tasks])
            outcomes = []
            for worker in [worker for worker in workers if worker.connection in ready]:
                outcome = worker.take()
                if outcome is not None:
                    outcomes.append(outcome)
                    continue
                workers.remove(worker)
                workers.append(_Worker(settings, making))
                blamed, *others = worker.tasks
                failures[blamed.output] = failures.get(blamed.output, 0) + 1
                if failures[blamed.output] < _TRIES:
                    others.append(blamed)
                else:
                    outcomes.append(Outcome(blamed, None, None, worker.end()))
                todo.extendleft(reversed(others))
            if outcomes:
                yield outcomes
    finally:
        for worker in workers:
            worker.close()


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keeps Ctrl-C waiting, and from processes that are started meanwhile for good: this one ends
    them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # starting it, as the first process does, lets signals in
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """Is a process that does tasks in the order in which it gets them.

    Attributes:
      connection: to the process; ready for reading when it has done one, or has ended.
      tasks: what it was given and has not done.
    """

    def __init__(self, settings: Settings, making: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.tasks: deque[Task] = deque()
        self._process = context.Process(target=serve, args=(theirs, settings, making), daemon=True)
        with _interrupts_held(), blas.one_thread():
            self._process.start()
        theirs.close()  # so that this end sees when the other is closed

    def give(self, task: Task) -> None:
        """Hands over a task. If the process has ended, that is seen when its outcome is taken."""
        self.tasks.append(task)
        with contextlib.suppress(OSError):
            self.connection.send(task)

    def take(self) -> Outcome | None:
        """Returns the outcome of the first task, None if the process has ended."""
        try:
            outcome: Outcome = self.connection.recv()
        except (EOFError, OSError):
            return None
        self.tasks.popleft()
        return outcome

    def end(self) -> str:
        """Says how the process ended."""
        self._process.join()
        code = self._process.exitcode or 0
        how = f"by signal {-code}" if code < 0 else f"with status {code}"
        return f"the process that did this file ended {how}, {_TRIES} times; memory may be short"

    def close(self) -> None:
        """Ends the process, if it has nothing to do gently."""
        self.connection.close()
        if self.tasks:
            self._process.terminate()
        self._process.join()
