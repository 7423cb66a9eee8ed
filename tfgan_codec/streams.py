"""Uses standard input and output as Unix programs do, and lets Ctrl-C end them quietly."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from typing import BinaryIO

from tfgan_codec.errors import TgcError, UsageError

STANDARD = "-"  # stands for standard input or output in place of a file's name
_INPUT = (STANDARD, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
_OUTPUT = (STANDARD, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


class OutputError(TgcError):
    """Standard output cannot be written."""


def is_input(name: str) -> bool:
    """Whether a name stands for standard input."""
    return name in _INPUT


def is_output(name: str) -> bool:
    """Whether a name stands for standard output."""
    return name in _OUTPUT


def is_stream(name: str) -> bool:
    """Whether a name stands for a stream, such as a pipe, which can be neither searched nor
    replaced. `/dev/fd/63` is one, which shells make of `>(command)`."""
    if name == STANDARD or name.startswith(("/dev/fd/", "/dev/std", "/proc/self/fd/")):
        return True
    try:
        mode = os.stat(name).st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def source(name: str) -> str | BinaryIO:
    """Returns what to read for a name: a stream, open, as it has no beginning to return to; or the
    name of a file itself."""
    if is_input(name):
        if sys.stdin is None:
            raise UsageError("standard input is closed; name a file")
        return sys.stdin.buffer
    return open(name, "rb") if is_stream(name) else name


def is_terminal(name: str) -> bool:
    """Whether a name stands for standard output, and that is a terminal."""
    return is_output(name) and sys.stdout is not None and sys.stdout.isatty()


def write(data: bytes) -> None:
    """Writes data to standard output, at once."""
    with output() as stream:
        stream.write(data)


@contextlib.contextmanager
def output() -> Iterator[BinaryIO]:
    """Gives standard output, to write data to, which is there at the end."""
    if sys.stdout is None:
        raise OutputError("standard output is closed; name a file")
    with _errors():
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()


def flush() -> None:
    """Writes what standard output still holds back, so that errors come in time to be told."""
    if sys.stdout is not None:
        with _errors():
            sys.stdout.flush()


def give_up_output() -> None:
    """Lets what could not be written go, or Python tries again, and complains, when it ends."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str, beside: str = "") -> None:
    """Prints text for people: on standard error if `beside`, where data goes, is standard
    output."""
    if not is_output(beside):
        with _errors():
            print(text)
    elif sys.stderr is not None:
        print(text, file=sys.stderr)


def complain(text: str) -> None:
    """Prints what went wrong on standard error; with that closed, `print` would take the other."""
    if sys.stderr is not None:
        print(f"tfgan_codec: {text}", file=sys.stderr)


def escape_foreign_letters() -> None:
    """Lets names of files be printed that a terminal's encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextlib.contextmanager
def notes(verbose: bool) -> Iterator[None]:
    """Shows the library's warnings, and its notes if `verbose`, a line each on standard error."""
    import logging  # takes a while: not before Ctrl-C is told

    logger, handler = logging.getLogger("tfgan_codec"), logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("tfgan_codec: %(message)s"))
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if verbose else logging.WARNING)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before


def end_on_interrupt() -> None:
    """Lets Ctrl-C end the program at once, without a word: until `tell_interrupts`, while there is
    nothing yet but imports to interrupt, in which Python would print where it was."""
    _handle(signal.default_int_handler, signal.SIG_DFL)


def tell_interrupts() -> None:
    """Lets Ctrl-C raise `KeyboardInterrupt` again, as Python does by itself."""
    _handle(signal.SIG_DFL, signal.default_int_handler)


def _handle(former: object, new: object) -> None:
    # Whoever ignores Ctrl-C, as shells do for programs in the background, goes on doing so.
    main = threading.current_thread() is threading.main_thread()
    if main and signal.getsignal(signal.SIGINT) is former:
        signal.signal(signal.SIGINT, new)  # type: ignore[arg-type]


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write standard output: {error.strerror or error}") from error
