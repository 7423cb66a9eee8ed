"""Runs codecs over a folder of pictures: real files, decoded again, measured.

Encoders and decoders run one at a time, nothing beside them, so that their times mean something;
the metrics then run on all cores, picture by picture, so that an original's features are computed
once.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from tfgan_codec import blas, provenance
from tfgan_codec.errors import ImageError, UsageError
from tfgan_codec.evaluation import schema
from tfgan_codec.evaluation.codecs import MeasuredCodec, file_of
from tfgan_codec.evaluation.measure import Features, Measured, Meter, set_metrics
from tfgan_codec.pictures import reading
from tfgan_codec.pictures.picture import Pixels

EXTENSIONS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".ppm", ".tif", ".tiff", ".avif")


class Plan(NamedTuple):
    """Says what to measure.

    Attributes:
      codecs: the codecs, each of which is measured at each of its settings.
      pictures: paths, see `find_pictures`.
      metrics: names of `schema.METRICS`.
      weights: folder of the metric networks' weights; None: `weights.default_folder()`.
      jobs: processes for the metrics.
      files: folder for the compressed files, `CODEC-SETTING/PICTURE.EXT`; None: not kept.
      command: how a reader runs this again.
    """

    codecs: Sequence[MeasuredCodec]
    pictures: Sequence[Path]
    metrics: Sequence[str] = schema.METRICS
    weights: str | None = None
    jobs: int = 1
    files: Path | None = None
    command: str = ""


class _Made(NamedTuple):
    """Holds a file, for all codecs that differ in their decoders alone."""

    data: bytes
    seconds: float


class _Point(NamedTuple):
    """Holds one picture coded by one codec at one setting, on its way to the metrics."""

    codec: MeasuredCodec
    setting: str
    image: str
    shape: tuple[int, int]
    nbytes: int
    encode_s: float
    decode_s: float
    decoded: Path  # .npy


def find_pictures(data: str | os.PathLike[str]) -> list[Path]:
    """Returns the pictures of a folder, sorted by name, or the one picture that `data` is."""
    path = Path(data)
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError(f"{data}: no such folder; --data takes a folder of pictures")
    found = sorted(p for p in path.iterdir() if p.suffix.lower() in EXTENSIONS)
    if not found:
        raise UsageError(f"{data} holds no pictures ({', '.join(EXTENSIONS)})")
    return found


def run(plan: Plan) -> schema.Results:
    """Measures all codecs; what fails for one picture or codec is noted and the rest goes on."""
    if unknown := set(plan.metrics) - set(schema.METRICS):
        raise UsageError(
            f"no metric {', '.join(sorted(unknown))}; there are: {', '.join(schema.METRICS)}"
        )
    return _Run(plan).results()


class _Run:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.problems: list[str] = []
        self.records: list[schema.Row] = []
        self.references: dict[str, Features] = {}
        self.features: dict[tuple[str, str], dict[str, Features]] = {}
        self.commit = provenance.commit()
        self.load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None

    def results(self) -> schema.Results:
        plan = self.plan
        meter = Meter(plan.metrics, plan.weights)  # also finds out what is missing, once
        for reason in sorted(set(meter.unavailable.values())):
            names = [m for m, r in meter.unavailable.items() if r == reason]
            self.problems.append(f"{', '.join(names)} not measured: {reason}")
        points = sum(len(codec.settings) for codec in plan.codecs)
        batch = 2 * plan.jobs
        with (
            tempfile.TemporaryDirectory() as scratch,
            _pool(plan, meter) as measure,
            tqdm(
                total=2 * points * len(plan.pictures), unit="step", mininterval=0.5, disable=None
            ) as bar,
        ):
            for first in range(0, len(plan.pictures), batch):
                jobs = []
                for path in plan.pictures[first : first + batch]:
                    coded = self._code(path, Path(scratch), bar)
                    if coded:
                        jobs.append(coded)
                tasks = [(reference, [point.decoded for point in done]) for reference, done in jobs]
                for (_, done), result in zip(jobs, measure(tasks)):
                    self._record(done, *result)
                    bar.update(points)
                for reference, decoded in tasks:
                    for file in (reference, *decoded):
                        file.unlink()
        if not self.records:
            raise UsageError(f"nothing could be measured: {'; '.join(self.problems)}")
        for problem in self.problems:
            tqdm.write(problem)
        return schema.Results(self._about(), self.records, self._sets(meter), self.problems)

    def _code(self, path: Path, scratch: Path, bar: tqdm[None]) -> tuple[Path, list[_Point]] | None:
        """Encodes and decodes one picture with everything."""
        try:
            picture = reading.read(path).rgb
        except ImageError as error:
            self.problems.append(f"{path.name} left out: {error}")
            return None
        reference = scratch / f"{path.name}.npy"
        np.save(reference, picture)
        points: list[_Point] = []
        files: dict[tuple[str, str], _Made] = {}
        for codec in self.plan.codecs:
            for setting in codec.settings:
                bar.set_description(f"{codec.name} {setting} {path.stem}", refresh=False)
                target = scratch / f"{path.name}-{len(points)}.npy"
                try:
                    points.append(self._point(codec, setting, path, picture, target, files))
                except Exception as error:  # whatever a codec library raises
                    reason = " ".join(str(error).split()) or type(error).__name__
                    self.problems.append(f"{codec.name} {setting} failed on {path.name}: {reason}")
                bar.update()
        return reference, points

    def _point(
        self,
        codec: MeasuredCodec,
        setting: str,
        path: Path,
        picture: Pixels,
        target: Path,
        files: dict[tuple[str, str], _Made],
    ) -> _Point:
        made = files.get((codec.encoder, setting))
        if made is None:
            start = time.perf_counter()
            data = codec.encode(picture, setting)
            made = _Made(data, time.perf_counter() - start)
            files[codec.encoder, setting] = made
        data = made.data
        start = time.perf_counter()
        decoded = codec.decode(data)
        decode_s = time.perf_counter() - start
        if decoded.shape != picture.shape:
            raise UsageError(f"decoded to shape {decoded.shape} instead of {picture.shape}")
        np.save(target, decoded)
        if self.plan.files:
            file = file_of(self.plan.files, codec, setting, path.name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        height, width = picture.shape[:2]
        times = made.seconds, decode_s
        return _Point(codec, setting, path.name, (height, width), len(data), *times, target)

    def _record(self, points: list[_Point], reference: Features, measured: list[Measured]) -> None:
        for point, result in zip(points, measured):
            codec, (height, width) = point.codec, point.shape
            complexity = codec.complexity._asdict()
            absent = dict(result.absent)
            absent.update({k: "not a network" for k, v in complexity.items() if v is None})
            row: schema.Row = {
                "codec": codec.name,
                "version": codec.version,
                "setting": point.setting,
                "trained_on": codec.trained_on,
                "image": point.image,
                "width": width,
                "height": height,
                "bytes": point.nbytes,
                "bpp": 8 * point.nbytes / (width * height),
            }
            for metric in schema.PICTURE_METRICS:
                row[metric] = result.values.get(metric)
                if metric not in result.values:
                    absent[metric] = "not asked for"
            row.update(encode_s=point.encode_s, decode_s=point.decode_s, **complexity)
            row.update(command=self.plan.command, commit=self.commit, absent=absent)
            self.records.append(row)
            self.references[point.image] = reference
            key = codec.name, point.setting
            self.features.setdefault(key, {})[point.image] = result.features

    def _sets(self, meter: Meter) -> list[schema.Row]:
        sets = []
        for codec in self.plan.codecs:
            for setting in codec.settings:
                features = self.features.get((codec.name, setting))
                if not features:
                    continue
                key = {"codec": codec.name, "setting": setting}
                rows = [r for r in self.records if all(r[k] == v for k, v in key.items())]
                row = schema.mean_row(rows)
                values, absent = set_metrics(
                    meter.metrics,
                    [self.references[image] for image in features],
                    list(features.values()),
                    meter.unavailable,
                )
                for metric in schema.SET_METRICS:
                    row[metric] = values.get(metric)
                    if row[metric] is None:
                        row["absent"][metric] = absent.get(metric, "not asked for")
                sets.append(row)
        return sets

    def _about(self) -> schema.Row:
        return {
            "command": self.plan.command,
            "commit": self.commit,
            "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
            "machine": provenance.machine(),
            "load_average": self.load,  # what else ran: times mean less where it is high
            "data": self.plan.pictures[0].parent.name,
            "images": len(self.references),
        }


_Task = tuple[Path, list[Path]]  # an original and its decoded versions
_Measure = Callable[[Iterable[_Task]], Iterable[tuple[Features, list[Measured]]]]
_meter: Meter  # of a worker process


@contextlib.contextmanager
def _pool(plan: Plan, meter: Meter) -> Iterator[_Measure]:
    """Yields a function from tasks to results in order, run in `plan.jobs` processes."""
    if plan.jobs <= 1:
        yield lambda tasks: [_measure(task, meter) for task in tasks]
        return
    # Processes are started on demand.
    with (
        blas.one_thread(),
        concurrent.futures.ProcessPoolExecutor(
            plan.jobs,
            multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=(tuple(plan.metrics), plan.weights),
        ) as pool,
    ):
        yield lambda tasks: pool.map(_measure, tasks)


def _start(metrics: tuple[str, ...], weights: str | None) -> None:
    global _meter
    _meter = Meter(metrics, weights)


def _measure(task: _Task, meter: Meter | None = None) -> tuple[Features, list[Measured]]:
    reference, decoded = task
    return (meter or _meter).measure(np.load(reference), [np.load(path) for path in decoded])
