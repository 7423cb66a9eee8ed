"""What a pipeline gives for each file: a record of the result, or why there is none."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from apache_beam.coders import RowCoder
from apache_beam.coders.typecoders import registry

from tfgan_codec.batch.record import Record

DONE, FAILED = "done", "failed"  # the tags of both collections


class Failure(NamedTuple):
    """Tells of a file that could not be coded: its path, and why in a line."""

    source: str
    problem: str


def name_of(source_sha256: str, model_id: str, making: str, extension: str) -> str:
    """Returns what a result is called: after the contents it was made of, the model and the
    settings, so that whoever makes it, and however often, it is the same file."""
    settings = hashlib.sha256(making.encode()).hexdigest()
    return f"{source_sha256[:32]}-{model_id}-{settings[:8]}{extension}"


# As rows, collections of these can be asked in SQL and written as tables.
for _kind in (Record, Failure):
    registry.register_coder(_kind, RowCoder)
