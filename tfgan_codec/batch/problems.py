"""Says in a line why a file of an archive has no result."""

from __future__ import annotations

from tfgan_codec.errors import TgcError


def problem_of(error: Exception, source: str) -> str:
    """Returns what to tell of an error with a file, whose name is told beside it. Nothing is raised
    on: thousands of other files are not to wait for one."""
    if isinstance(error, TgcError):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = "not enough memory for this picture"
    elif isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename not in (None, source) else ""
        text = f"{where}{error.strerror or error}"
    else:
        text = f"this is a mistake of ours, please report it: {type(error).__name__}: {error}"
    return " ".join(text.split())
