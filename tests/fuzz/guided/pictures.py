"""Pictures in every format that is opened, to be compressed."""

from __future__ import annotations

import os

from tests.fuzz import pictures
from tests.fuzz.guided import codecs
from tests.fuzz.guided.target import Target
from tfgan_codec import limits


def target() -> Target:
    """Returns the target. A picture may have 2^24 pixels, for Pillow makes it as large as it claims
    before it reads it."""
    os.environ.setdefault(limits.VARIABLE, str(1 << 24))
    codec = codecs.codecs()[0]
    return Target(pictures.seeds(), lambda data: codec.compress(data, quality=100))
