"""The exceptions of tfgan_codec: one family, so that ``except TgcError`` catches them all.

Messages are one line: what was wrong, then what to do about it.
"""


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
