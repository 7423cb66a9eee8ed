"""The exceptions of tfgan_codec: one family, so that ``except TgcError`` catches them all.

Messages are one line: what was wrong, then what to do about it.
"""


def shown(foreign: object, most: int = 80) -> str:
    """Returns what an untrusted file says, safe to repeat in a message: printable, on one line, cut
    to `most` characters."""
    start = str(foreign)[: most + 1]
    safe = "".join(c if c.isprintable() else repr(c)[1:-1] for c in start)
    return safe if len(safe) <= most else f"{safe[:most]}..."


class TgcError(Exception):
    """Base class of every error this package raises on purpose."""


class BitstreamError(TgcError):
    """A compressed file is damaged, truncated, or not for this codec."""


class BundleError(TgcError):
    """A model bundle is damaged, incomplete, or breaks the normative bounds."""


class ImageError(TgcError):
    """A picture cannot be read, written, or has an unsupported size or mode."""


class UsageError(TgcError):
    """A function was called with arguments that make no sense."""
