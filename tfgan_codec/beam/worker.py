"""Codes one file after the other in a worker of a pipeline."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems
from apache_beam.utils.shared import Shared

from tfgan_codec.batch.coder import Coder, digest_of
from tfgan_codec.batch.problems import problem_of
from tfgan_codec.batch.record import Record
from tfgan_codec.batch.settings import Settings
from tfgan_codec.beam import files
from tfgan_codec.beam.measures import Measures
from tfgan_codec.beam.results import FAILED, Failure, name_of
from tfgan_codec.bundle import files as bundle_files


class CodeFiles(beam.DoFn):
    """Makes the result of each (path, `ReadableFile`), unless it is there and good.

    All threads of a process share one model, whose networks run on one thread each: Beam starts as
    many processes as a machine has cores, if it is to use them.
    """

    def __init__(self, out: str, settings: Settings) -> None:
        """Takes the folder of results and what to make."""
        self._out, self._settings, self._making = out, settings, settings.making()
        self._shared = Shared()
        self._measures = Measures()
        self._loading: float | None = None

    def setup(self) -> None:
        """Loads the model, once in a process."""
        self._coder: Coder = self._shared.acquire(self._load)
        files.make_folder(self._out)

    def process(self, element: tuple[str, Any]) -> Iterator[Any]:
        """Yields the record of a file's result, or, with the tag for that, why there is none."""
        path, file = element
        if self._loading is not None:  # metrics are taken of elements only
            self._measures.loaded(self._loading, _size(self._settings.model))
            self._loading = None
        try:
            yield self._result(path, file.read())
            return
        except Exception as error:
            problem = str(error) if isinstance(error, BeamIOError) else problem_of(error, path)
        self._measures.failed()
        yield beam.pvalue.TaggedOutput(FAILED, Failure(path, " ".join(problem.split())))

    def _result(self, path: str, contents: bytes) -> Record:
        coder, found, start = self._coder, digest_of(contents), time.perf_counter()
        model_id = coder.model_id(contents)
        name = name_of(found.sha256, model_id, self._making, self._settings.extension)
        target = FileSystems.join(self._out, name)
        made = coder.opened(files.read(target), model_id)
        new = made is None
        if made is None:
            made = coder.make(io.BytesIO(contents))
            self._measures.coded(len(contents), time.perf_counter() - start)
        record = coder.record(name, path, found, made, self._making)
        part = files.stage(self._out, made.data) if new else target
        if self._settings.verify:
            coder.verify(files.read(part) or b"", made.width, made.height)
            record = record._replace(verified=True)
        if new:
            files.name(part, target, made.data)
        return record

    def _load(self) -> Coder:
        start = time.perf_counter()
        coder = Coder(self._settings)
        self._loading = time.perf_counter() - start
        return coder


def _size(model: str | None) -> int:
    """Returns the bytes of a bundle, or of all that ship."""
    places = bundle_files.shipped() if model is None else [bundle_files.locate(model)]
    found: list[Path] = []
    for place in places:
        found += place.iterdir() if place.is_dir() else [place]
    return sum(path.stat().st_size for path in found)
