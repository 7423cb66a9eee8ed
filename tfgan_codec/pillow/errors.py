"""The errors of tfgan_codec as users of Pillow expect them, too.

What is wrong with a file or a model is an `OSError`, a call that makes no sense a `ValueError`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from PIL import UnidentifiedImageError

from tfgan_codec.errors import BitstreamError, BundleError, ImageError, TgcError, UsageError


class UnidentifiedFileError(BitstreamError, UnidentifiedImageError):
    """The header of a ``.tgc`` file cannot be right."""


class FileOSError(BitstreamError, OSError):
    """A ``.tgc`` file is damaged, truncated, or for a model that is not there."""


class BundleOSError(BundleError, OSError):
    """A model bundle cannot be used."""


class ImageOSError(ImageError, OSError):
    """A picture cannot be decoded or stored."""


class OptionValueError(UsageError, ValueError):
    """An option, or a call at this moment, makes no sense."""


@contextlib.contextmanager
def for_pillow() -> Iterator[None]:
    """Raises errors of tfgan_codec as the kinds above."""
    try:
        yield
    except TgcError as error:
        for kind in (FileOSError, BundleOSError, ImageOSError, OptionValueError):
            if isinstance(error, kind.__bases__[0]):
                raise kind(str(error)) from error
        raise
