"""Says how large or how good a file is to be, as users ask for it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from tfgan_codec import arguments
from tfgan_codec.errors import UsageError
from tfgan_codec.format.geometry import QUALITIES

DEFAULT_BPP = 0.1
_MOST_BYTES = 1 << 62


class Request(NamedTuple):
    """Holds one of a quality level, the most bits per pixel and the most bytes, or none of them."""

    quality: int | None
    bpp: float | None
    nbytes: int | None

    @property
    def strict(self) -> bool:
        """Whether a size was asked for, so that a larger file would be wrong."""
        return self.bpp is not None or self.nbytes is not None

    def budget(self, pixels: int) -> int:
        """Returns the most bytes of a file of so many pixels, 0.1 bits for each by default."""
        if self.nbytes is not None:
            return self.nbytes
        wanted = (DEFAULT_BPP if self.bpp is None else self.bpp) * pixels / 8
        return math.floor(min(wanted, _MOST_BYTES))


def checked(quality: Any, bpp: Any, nbytes: Any) -> Request:
    """Returns the request of these arguments; raises `UsageError` if they make no sense."""
    if sum(option is not None for option in (quality, bpp, nbytes)) > 1:
        raise UsageError("give only one of quality, bpp and nbytes")
    if quality is not None:
        quality = arguments.within("quality", quality, 0, QUALITIES - 1)
    if bpp is not None:
        bpp = arguments.positive("bpp", bpp)
    if nbytes is not None:
        nbytes = arguments.within("nbytes", nbytes, 1, _MOST_BYTES)
    return Request(quality, bpp, nbytes)
