"""Compares decoders of the same files: size, work, memory, speed, and what they lose.

`apps.bench --decoders` runs it. Speed and memory are those of a process of its own per decoder and
number of threads, on latents of a 768x512 picture.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import tfgan_codec as tgc
from tfgan_codec import provenance, tiling
from tfgan_codec.bundle.model import Bundle, BundlePart
from tfgan_codec.bundle.runtime import Network
from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation.measure import Meter
from tfgan_codec.evaluation.summary import markdown_table
from tfgan_codec.format.geometry import STRIDE
from tfgan_codec.metrics.complexity import of_tflite
from tfgan_codec.metrics.psnr import psnr
from tfgan_codec.pictures import reading

RANDOM = "random:"  # before the name of a codec: its full-size decoder with random weights
METRICS = ("psnr", "ms_ssim", "lpips")
_HEIGHT, _WIDTH = 512 // STRIDE, 768 // STRIDE
_PIXELS = _HEIGHT * _WIDTH * STRIDE**2
_RUNS, _SECONDS = 7, 20.0  # runs, of which the fastest counts, or fewer when the time is over


class Row(NamedTuple):
    """Holds what was measured of a decoder. Quality is None for random weights, LPIPS where its
    weights are missing, peak memory (MiB) where there is no /proc. `ms_per_mp` is milliseconds per
    megapixel."""

    name: str
    bytes: int
    params: int
    kmac_per_pixel: float
    peak_mb: float | None
    ms_per_mp_1_thread: float
    ms_per_mp_2_threads: float
    psnr: float | None = None
    ms_ssim: float | None = None
    lpips: float | None = None
    psnr_to_first: float | None = None


def run(
    specs: Sequence[str],
    pictures: Sequence[Path],
    bpp: float,
    weights: str | None,
    out: Path,
    command: str,
    random_decoder: Callable[[str], BundlePart],
) -> list[Row]:
    """Measures decoders and writes `decoders.json` and `README.md` into the folder `out`.

    specs: bundles by name or path, the reference first, and `random:NAME`.
    command: how a reader runs this again.
    random_decoder: makes the decoder of `random:NAME` (`deploy.decoders`), which needs TensorFlow.
    """
    bundles = {spec: Bundle.load(spec) for spec in specs if not spec.startswith(RANDOM)}
    if not bundles:
        raise UsageError("name at least one bundle to compare decoders of")
    first, *others = bundles.values()
    for other in others:
        if other.model_id != first.model_id:
            raise UsageError(
                f"{other.name} is model {other.model_id.hex()}, {first.name} is "
                f"{first.model_id.hex()}: only decoders of the same files can be compared"
            )
    quality = _quality(list(bundles.values()), pictures, bpp, weights)
    rows = []
    for spec in specs:
        name = Path(spec).name
        if spec in bundles:
            part = bundles[spec].part("synthesis", bundles[spec].realisms[-1])
            rows.append(_cost(name, part)._replace(**quality[list(bundles).index(spec)]))
        else:
            rows.append(_cost(name, random_decoder(spec[len(RANDOM) :])))
    out.mkdir(parents=True, exist_ok=True)
    machine = f"{provenance.machine()}, load {os.getloadavg()[0]:.1f}"
    about = {"machine": machine, "bpp": bpp, "pictures": len(pictures), "specs": list(specs)}
    about.update(command=command, commit=provenance.commit())
    found = {"about": about, "decoders": [row._asdict() for row in rows]}
    (out / "decoders.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (out / "README.md").write_text(_report(rows, about), encoding="utf-8")
    return rows


def _report(rows: Sequence[Row], about: dict[str, Any]) -> str:
    return "\n\n".join(
        [
            f"# Decoders of the same files: {', '.join(row.name for row in rows)}",
            f"Made by\n\n    {about['command']}",
            f"at commit {about['commit'] or '(none)'}, on {about['machine']} at the end; "
            f"{about['pictures']} pictures at {about['bpp']:g} bits per pixel. Speed and memory: "
            "a process of its own for each decoder, latents of a picture of 768x512; `speed` is "
            f"that of two threads relative to {rows[0].name}'s. PSNR to 1st: to what that makes "
            "of the files. `random:` decoders have random weights.",
            markdown_table(table(rows)) + "\n",
        ]
    )


def table(rows: Sequence[Row]) -> list[list[str]]:
    """Returns a table for people, with speeds also as multiples of the first decoder's."""
    head = ["decoder", "bytes", "params", "kMAC/px", "peak MB", "ms/MP 1 thr", "2 thr", "speed"]
    cells = [[*head, "PSNR", "MS-SSIM", "LPIPS", "PSNR to 1st"]]
    for row in rows:
        speed = rows[0].ms_per_mp_2_threads / row.ms_per_mp_2_threads
        cells.append(
            [
                row.name,
                f"{row.bytes:,}",
                f"{row.params:,}",
                f"{row.kmac_per_pixel:.1f}",
                "-" if row.peak_mb is None else f"{row.peak_mb:.0f}",
                f"{row.ms_per_mp_1_thread:.0f}",
                f"{row.ms_per_mp_2_threads:.0f}",
                f"{speed:.2f}x",
                *("-" if v is None else f"{v:.{digits}f}" for v, digits in _quality_cells(row)),
            ]
        )
    return cells


def _quality(
    bundles: Sequence[Bundle], pictures: Sequence[Path], bpp: float, weights: str | None
) -> list[dict[str, Any]]:
    """Returns the mean quality of each bundle's decoder on the files of the first."""
    codecs = [tgc.Codec(bundle) for bundle in bundles]
    meter = Meter(METRICS, weights)
    found: list[list[dict[str, Any]]] = [[] for _ in bundles]
    for path in pictures:
        picture = reading.read(path).rgb
        blob = codecs[0].compress(picture, bpp=bpp)
        decoded = [np.asarray(codec.decompress(blob).convert("RGB")) for codec in codecs]
        _, measured = meter.measure(picture, decoded)
        for rows, pixels, values in zip(found, decoded, measured):
            near = psnr(decoded[0], pixels)
            rows.append({**values.values, "psnr_to_first": near if np.isfinite(near) else None})
    return [{key: _mean([row[key] for row in rows]) for key in rows[0]} for rows in found]


def _mean(values: Sequence[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return float(np.mean(present)) if present else None


def _quality_cells(row: Row) -> list[tuple[float | None, int]]:
    return [(row.psnr, 2), (row.ms_ssim, 4), (row.lpips, 4), (row.psnr_to_first, 1)]


def _cost(name: str, part: BundlePart) -> Row:
    """Returns the row of a decoder with what does not depend on pictures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "decoder.tflite"
        path.write_bytes(part.tflite)
        one, two = (_timed(path, part, threads) for threads in (1, 2))
    channels = Network(part.tflite, "decoder").channels[0]
    height, width = (part.tile, part.tile) if part.tile else (_HEIGHT, _WIDTH)
    shape = (1, height, width, channels)
    work = of_tflite(part.tflite, shape, height * width * STRIDE**2)
    times = one["peak_mb"], one["ms_per_mp"], two["ms_per_mp"]
    return Row(name, len(part.tflite), work.params, work.kmac_per_pixel, *times)


def _timed(path: Path, part: BundlePart, threads: int) -> dict[str, Any]:
    """Runs `run_alone` in a process of its own."""
    arguments = (str(path), part.halo, part.tile, threads)
    code = f"from tfgan_codec.evaluation import decoders; decoders.run_alone(*{arguments!r})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UsageError(f"a decoder cannot be run: {done.stderr.strip()[-300:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run_alone(path: str, halo: int, tile: int, threads: int) -> None:
    """Prints speed and memory of one decoder as JSON; for a process that does nothing else."""
    network = Network(Path(path).read_bytes(), "decoder", threads)
    geometry = tiling.Geometry(1, STRIDE, halo, tile)
    latents = np.zeros((_HEIGHT, _WIDTH, network.channels[0]), np.float32)
    times: list[float] = []
    while len(times) <= _RUNS and sum(times) < _SECONDS:  # the first one warms up
        start = time.perf_counter()
        tiling.run(network, geometry, latents)
        times.append(time.perf_counter() - start)
    fastest = min(times[1:] or times)
    print(json.dumps({"ms_per_mp": 1e9 * fastest / _PIXELS, "peak_mb": _peak_mb()}))


def _peak_mb() -> float | None:
    """Returns this process's peak memory. (`getrusage` counts its parent's before the exec.)"""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
