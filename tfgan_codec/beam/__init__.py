"""Compresses and decompresses pictures in Apache Beam pipelines; needs the extra `[beam]`.

    from apache_beam.io import fileio
    from tfgan_codec.beam import EncodePictures

    files = pipeline | fileio.MatchFiles("gs://photos/**.jpg") | fileio.ReadMatches()
    named = files | beam.Map(lambda file: (file.metadata.path, file))
    results = named | EncodePictures("gs://small", bpp=0.1)
    results["done"], results["failed"]  # records; what could not be coded, and why

`docs/archives.md` tells more. `apps.batch --runner=...` is a pipeline of these.
"""

from __future__ import annotations

from tfgan_codec.beam.results import DONE, FAILED, Failure
from tfgan_codec.beam.transforms import DecodePictures, EncodePictures

__all__ = ["DONE", "FAILED", "DecodePictures", "EncodePictures", "Failure"]
