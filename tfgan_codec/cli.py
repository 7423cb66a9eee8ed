"""Runs command-line programs: their flags, help, one-line errors and exit statuses."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Sequence
from typing import Callable

from absl import flags

from tfgan_codec import streams
from tfgan_codec.errors import TgcError, shown
from tfgan_codec.flag_values import Flags as Flags  # every main's own
from tfgan_codec.flag_values import explain

OK, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
NO_MEMORY = "not enough memory for this picture"
# What packages of the extra [train] are called, and the newest Python that has them.
TRAINING = ("keras", "tensorflow")
NEWEST_TRAINING = (3, 13)
_LONGEST_MESSAGE = 2000  # letters
# TensorFlow reads this when it is imported, and then logs only fatal errors: otherwise it complains
# of machines without a GPU, and its other errors come as exceptions too.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


class CommandLineError(Exception):
    """Says that a program was called the wrong way."""


class Unfinished(Exception):  # noqa: N818
    """Says that a program could not do all that it was asked, and has told so."""


def require(settings: object, *names: str) -> None:
    """Raises unless all these flags, or settings made of them, have a value."""
    for name in names:
        if not getattr(settings, name):
            raise CommandLineError(f"--{name} is required")


def run(
    command: Callable[..., None],
    values: flags.FlagValues,
    usage: str,
    argv: Sequence[str] | None = None,
) -> int:
    """Parses the command line, runs ``command(*positional)`` and returns the exit status.

    Status 1 is for what can happen to a correct call (a damaged file, a full disk), with one line
    on standard error; 2 is for an incorrect call, 130 for Ctrl-C.

    Args:
      command: the program; its positional parameters are the program's, and may have defaults.
      values: the program's flags, defined but not parsed.
      usage: what ``--help`` prints before the list of flags. Its first line is the synopsis.
      argv: the command line with the program's name in front; the process's own by default.
    """
    streams.tell_interrupts()
    streams.escape_foreign_letters()
    try:
        status = _outcome(command, values, usage, argv)
        streams.flush()
        return status
    except streams.OutputError as error:
        streams.give_up_output()
        return fail(error)
    except BrokenPipeError:  # the reader of the output has seen enough, as `head` does
        streams.give_up_output()
        return FAILED
    except KeyboardInterrupt:
        return fail("interrupted", INTERRUPTED)


def _outcome(
    command: Callable[..., None],
    values: flags.FlagValues,
    usage: str,
    argv: Sequence[str] | None,
) -> int:
    """Does what `run` does, but for errors of standard output and interruptions."""
    try:
        _call(command, values, usage, argv)
        return OK
    except (flags.Error, CommandLineError) as error:
        return misused(error, usage)
    except Unfinished:
        return FAILED
    except (streams.OutputError, BrokenPipeError):
        raise
    except TgcError as error:
        return fail(error)
    except MemoryError:
        return fail(NO_MEMORY)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        streams.flush()  # raises where it was standard output that could not be written
        return fail(f"{where}{error.strerror or error}")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(TRAINING):
            raise
        return fail(missing("this", error.name))


def _call(
    command: Callable[..., None],
    values: flags.FlagValues,
    usage: str,
    argv: Sequence[str] | None,
) -> None:
    flags.DEFINE_bool("help", False, "Show this text.", short_name="h", flag_values=values)
    values.set_gnu_getopt(True)  # flags may follow file names
    positional = values(list(sys.argv if argv is None else argv))[1:]
    if values["help"].value:
        streams.say(explain(values, usage))
        return
    code = command.__code__
    most, given = code.co_argcount, len(positional)
    least = most - len(command.__defaults__ or ())
    several = bool(code.co_flags & inspect.CO_VARARGS)
    if given < least or (given > most and not several):
        wanted = f"at least {least}" if several else most
        raise CommandLineError(f"expected {wanted} file name(s), got {given}")
    verbose = bool("verbose" in values and values["verbose"].value)
    with streams.notes(verbose):
        command(*positional)


def misused(problem: object, usage: str) -> int:
    """Prints what is wrong with a call, and how to call right; returns the exit status."""
    synopsis = usage.strip().splitlines()[0]
    streams.complain(f"{problem}\n{synopsis}\n(more with --help)")
    return MISUSED


def missing(what: str, module: str | None) -> str:
    """Says that something needs a module of the training library, and how to get that."""
    needed = f"{what} needs {module}"
    if sys.version_info[:2] > NEWEST_TRAINING:
        here = ".".join(map(str, sys.version_info[:2]))
        newest = ".".join(map(str, NEWEST_TRAINING))
        return f"{needed}, which Python {here} cannot have: take Python 3.9 to {newest}"
    return f'{needed}: in a checkout of tfgan_codec, pip install ".[train]"'


def fail(message: object, status: int = FAILED) -> int:
    """Prints what went wrong, on one line with nothing in it that a terminal would obey; returns
    the exit status."""
    streams.complain(shown(" ".join(str(message).split()), most=_LONGEST_MESSAGE))
    return status
