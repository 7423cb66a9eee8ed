"""One result of an archive, as manifests and pipelines have it."""

from __future__ import annotations

import json
from typing import NamedTuple

from tfgan_codec.errors import TgcError


class Record(NamedTuple):
    """Tells what was made of a file. It holds neither times nor machines, so that two runs that
    make the same files write the same records.

    Attributes:
      output: name of the result, with / between folders, in the folder of all results.
      source: the file it was made of, as it was named.
      making: the settings, see `Settings.making`.
      model_id: of the `.tgc` file, in hex.
      width, height: of the picture.
      bpp: bits of the `.tgc` file for each pixel.
      source_bytes, source_sha256, output_bytes, output_sha256: of both files.
      verified: whether the result was read back and decoded.
    """

    output: str
    source: str
    making: str
    model_id: str
    width: int
    height: int
    bpp: float
    source_bytes: int
    source_sha256: str
    output_bytes: int
    output_sha256: str
    verified: bool


def line(record: Record) -> str:
    """Returns a record as one line of JSON, with the end of the line."""
    return json.dumps(record._asdict()) + "\n"


def read(text: str) -> Record:
    """Returns the record in a line; `TgcError` if there is none."""
    try:
        fields = json.loads(text)
        record = Record(**{name: fields[name] for name in Record._fields})
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise TgcError("the line is no record of a batch") from error
    words = (record.output, record.source, record.making, record.source_sha256)
    if not all(isinstance(word, str) for word in (*words, record.output_sha256)):
        raise TgcError("the line is no record of a batch")
    return record
