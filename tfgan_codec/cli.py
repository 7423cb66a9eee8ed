"""Runs command-line programs: their flags, help, one-line errors and exit statuses."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, Callable

from absl import flags

from tfgan_codec.errors import TgcError

OK, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
# TensorFlow reads this when it is imported, and then logs only fatal errors: otherwise it complains
# of machines without a GPU, and its other errors come as exceptions too.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


_KINDS: dict[type, Callable[..., Any]] = {
    bool: flags.DEFINE_bool,
    int: flags.DEFINE_integer,
    float: flags.DEFINE_float,
    str: flags.DEFINE_string,
    list: flags.DEFINE_list,
}


class CommandLineError(Exception):
    """Says that a program was called the wrong way."""


class _MetadataParser(flags.EnumParser):
    """Takes none, basic or keep, and what --metadata and --nometadata alone stand for."""

    def parse(self, argument: str) -> str:
        return super().parse({"true": "basic", "false": "none"}.get(argument, argument))


class Flags(flags.FlagValues):
    """Holds the flags of one run of a program, so that several can live in one process."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def add(
        self, name: str, default: Any, text: str, kind: type | None = None, **bounds: int
    ) -> None:
        """Defines a flag.

        Args:
          name: what follows the two hyphens.
          default: its value if it is not given.
          text: what `--help` says of it.
          kind: type of its value, a list being of texts; by default that of `default`, or text.
          bounds: `lower_bound` and `upper_bound` of a number.
        """
        known = kind or (str if default is None else type(default))
        _KINDS[known](name, default, text, flag_values=self, **bounds)

    def add_model(self) -> None:
        """Defines --model, the bundle that a command uses."""
        self.add("model", "mobile", "A model's name, or a bundle's folder or zip file.")

    def add_threads(self) -> None:
        """Defines --threads, for commands that run models."""
        from tfgan_codec.bundle.runtime import MAX_THREADS, THREADS  # with NumPy: not for all

        text = "Threads that each network runs on. Files and pictures do not depend on it."
        self.add("threads", THREADS, text, lower_bound=1, upper_bound=MAX_THREADS)

    def add_metadata(self) -> None:
        """Defines --metadata, what to keep of a picture beside its pixels."""
        text = (
            "none, basic or keep: what to store beside the pixels, inside the size asked for. "
            "basic: colours, and from EXIF date, camera, exposure and copyright. keep: the whole "
            "ICC profile and EXIF, the place too."
        )
        parser = _MetadataParser(["none", "basic", "keep"])
        flag = flags.Flag(parser, None, "metadata", "basic", text)
        flag.boolean = True  # so that --nometadata can stand for none
        flags.DEFINE_flag(flag, flag_values=self)

    def add_verbose(self) -> None:
        """Defines --verbose, with which a command says what it leaves out."""
        text = "Say what is left out of the file or converted (-v)."
        flags.DEFINE_bool("verbose", False, text, short_name="v", flag_values=self)


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
    flags.DEFINE_bool("help", False, "Show this text.", short_name="h", flag_values=values)
    values.set_gnu_getopt(True)  # flags may follow file names
    try:
        positional = values(list(sys.argv if argv is None else argv))[1:]
        if values["help"].value:
            print(_help(values, usage))
            return OK
        most = command.__code__.co_argcount
        if not most - len(command.__defaults__ or ()) <= len(positional) <= most:
            raise CommandLineError(f"expected {most} file name(s), got {len(positional)}")
        verbose = "verbose" in values and values["verbose"].value
        with _notes(logging.INFO if verbose else logging.WARNING):
            command(*positional)
    except (flags.Error, CommandLineError) as error:
        return misused(error, usage)
    except TgcError as error:
        return _fail(" ".join(str(error).split()), FAILED)
    except MemoryError:
        return _fail("not enough memory for this picture", FAILED)
    except BrokenPipeError:  # the reader of the output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return _fail("interrupted", INTERRUPTED)
    return OK


def misused(problem: object, usage: str) -> int:
    """Prints what is wrong with a call, and how to call right; returns the exit status."""
    synopsis = usage.strip().splitlines()[0]
    return _fail(f"{problem}\n{synopsis}\n(more with --help)", MISUSED)


def refuse_overwriting(source: str, target: str) -> None:
    """Raises `CommandLineError` if the file to write is the one that is read."""
    if os.path.exists(source) and os.path.exists(target) and os.path.samefile(source, target):
        raise CommandLineError(f"{target} would overwrite the file it is made from")


@contextlib.contextmanager
def _notes(level: int) -> Iterator[None]:
    """Shows what the library notes from a level on, a line each on standard error."""
    logger, handler = logging.getLogger("tfgan_codec"), logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("tfgan_codec: %(message)s"))
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before


def _fail(message: str, status: int) -> int:
    print(f"tfgan_codec: {message}", file=sys.stderr)
    return status


def _help(values: flags.FlagValues, usage: str) -> str:
    lines = [usage.strip(), "", "Flags:"]
    described = {f"--{name}": values[name] for name in values if len(name) > 1}
    texts = {name: str(flag.help) for name, flag in described.items()}
    texts["--flagfile"] = "Read flags from this file, one to a line."
    for name, text in texts.items():
        lines.append(
            textwrap.fill(text, 88, initial_indent=f"  {name:<12}", subsequent_indent=" " * 14)
        )
    return "\n".join(lines)
