"""Runs a batch as a pipeline: finds the files, codes them, writes a manifest and what failed."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io import fileio
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import create_runner
from apache_beam.transforms.combiners import ToList

from tfgan_codec.batch import manifest, record, run, sources
from tfgan_codec.batch.coder import Coder
from tfgan_codec.batch.settings import COMPRESS, EXTENSIONS, Settings
from tfgan_codec.beam import files
from tfgan_codec.beam.results import DONE, FAILED, Failure
from tfgan_codec.beam.transforms import DecodePictures, EncodePictures
from tfgan_codec.errors import TgcError, UsageError, shown


class Found(NamedTuple):
    """Holds the files that are named one by one, and patterns for the others."""

    paths: list[str]
    patterns: list[str]


def find(names: Iterable[str], lists: Iterable[str], recursive: bool) -> Found:
    """Sorts what a command line names, on any file system: folders become patterns."""
    paths, patterns = [name for each in lists for name in sources.read_list(each)], []
    for name in names:
        extension = os.path.splitext(name)[1].lower()
        if name.startswith(sources.LIST):
            paths += sources.read_list(name[len(sources.LIST) :])
        elif any(letter in name for letter in "*?["):
            patterns.append(name)
        elif os.path.isfile(name) or extension in {*sources.PICTURES, EXTENSIONS[COMPRESS]}:
            paths.append(name)
        else:
            patterns.append(f"{name.rstrip('/')}/{'**' if recursive else '*'}")
    return Found(paths, patterns)


def run_on(
    runner: str,
    options: Sequence[str],
    names: Iterable[str],
    lists: Iterable[str],
    out: str,
    settings: Settings,
    recursive: bool,
) -> run.Summary:
    """Runs a pipeline to its end, and sums its manifest up: results that were there already count
    as made.

    Args:
      runner: a name that Beam knows, such as "FlinkRunner".
      options: flags for it, such as "--flink_master=...".
      names, lists, recursive: the files, as `batch.sources.find` takes them, on any file system
        that Beam knows. Of patterns, ** stands for folders too.
      out: the folder of results, on a file system that all workers share.
      settings: what to make.
    """
    found, start = find(names, lists, recursive), time.monotonic()
    Coder(settings)  # what is wrong for all files is told once
    _check(runner)
    files.make_folder(out)
    files.delete(FileSystems.join(out, files.PARTS))
    for name in (manifest.NAME, run.FAILED):
        files.delete(FileSystems.join(out, name))
    try:
        with beam.Pipeline(options=PipelineOptions([f"--runner={runner}", *options])) as pipeline:
            _build(pipeline, found, out, settings)
    except RuntimeError as error:  # what Beam tells of a worker that died, or a cluster
        raise TgcError(f"the pipeline failed; run it again: {shown(error, 500)}") from error
    files.delete(FileSystems.join(out, files.PARTS))
    return _summary(out)._replace(seconds=time.monotonic() - start)


def _check(runner: str) -> None:
    try:
        create_runner(runner)
    except (ValueError, ImportError) as error:
        raise UsageError(f"--runner: {error}") from error


def _build(pipeline: Any, found: Found, out: str, settings: Settings) -> None:
    wanted = sources.PICTURES if settings.mode == COMPRESS else {EXTENSIONS[COMPRESS]}
    matched = (
        pipeline
        | "patterns" >> beam.Create(found.patterns)
        | fileio.MatchAll(fileio.EmptyMatchTreatment.ALLOW)
        | beam.Map(lambda metadata: metadata.path)
        | beam.Filter(functools.partial(_is_wanted, wanted=wanted, out=out))
    )
    named = pipeline | "paths" >> beam.Create(found.paths)
    coded = (
        (matched, named)
        | beam.Flatten()
        | beam.Distinct()
        | beam.Reshuffle()  # so that what follows is spread over all workers
        | fileio.ReadMatches()
        | "by path" >> beam.Map(lambda file: (file.metadata.path, file))
        | _step(out, settings)
    )
    lines = {DONE: (record.line, manifest.NAME), FAILED: (_failed_line, run.FAILED)}
    for tag, (to_text, name) in lines.items():
        write = functools.partial(_write, folder=out, name=name)
        texts = coded[tag] | f"{tag} as text" >> beam.Map(to_text)
        texts | f"all {tag}" >> ToList() | f"write {name}" >> beam.Map(write)


def _step(out: str, settings: Settings) -> Any:
    model, verify = settings.model, settings.verify
    if settings.mode == COMPRESS:
        request = (settings.bpp, settings.nbytes, settings.quality, settings.metadata)
        return EncodePictures(out, *request, model, verify)
    return DecodePictures(out, settings.realism, model, verify)


def _is_wanted(path: str, wanted: Iterable[str], out: str) -> bool:
    name = path.replace(os.sep, "/").rsplit("/", 1)[-1]
    ours = path.startswith(out.rstrip("/") + "/")
    return not (ours or name.startswith(".")) and os.path.splitext(name)[1].lower() in wanted


def _failed_line(failure: Failure) -> str:
    return f"# {failure.problem}\n{sources.list_line(failure.source)}\n"


def _write(texts: Iterable[str], folder: str, name: str) -> None:
    lines = sorted(texts)
    if lines or name == manifest.NAME:
        files.write(folder, name, "".join(lines).encode("utf-8", "surrogateescape"))


def _summary(out: str) -> run.Summary:
    done = (files.read(FileSystems.join(out, manifest.NAME)) or b"").decode().splitlines()
    failed = files.read(FileSystems.join(out, run.FAILED)) or b""
    summary = run.Summary(failed=failed.count(b"\n") // 2)
    for text in done:
        summary = summary.with_record(record.read(text), made=True)
    return summary
