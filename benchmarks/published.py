"""Measures pictures that the authors of another codec have published decoded, beside ours.

Usage: python -m benchmarks.published --scenes=FOLDER --names=A,B --out=FOLDER [--codecs=pico,hific]

FOLDER holds bpp_data.json, {"A": {"pico": "0.2", ...}}, and for each name a folder scenes/A with
reference.png and pico.png and so on, as the assets of PICO's pages do (github.com/apple/ml-pico,
CC BY-NC-ND: to measure, not to pass on). Our files have at most the bytes of the first codec's.
"""

from __future__ import annotations

import functools
import json
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from absl import app, flags

from tfgan_codec.commands import training
from tfgan_codec.evaluation import codecs, runner, schema, summary, systems
from tfgan_codec.metrics.complexity import Complexity
from tfgan_codec.pictures import reading
from tfgan_codec.pictures.picture import Pixels

FLAGS = flags.FLAGS
flags.DEFINE_string("scenes", None, "The folder of what was published.", required=True)
flags.DEFINE_string("out", None, "The folder to write.", required=True)
flags.DEFINE_list("names", ["kodak_kodim04", "kodim15", "kodim23"], "The pictures.")
flags.DEFINE_list("codecs", ["pico", "hific", "dcvc", "vvc"], "The codecs; the first sets bytes.")
flags.DEFINE_string("weights", None, "Folder of the metric networks' weights.")
_BESIDE = ["mobile@0", "mobile", "mobile+fast", "avif"]
flags.DEFINE_list("beside", _BESIDE, "Ours and others, as in apps.bench.")
# Of single pictures: a few pictures have no distribution.
_METRICS = [metric for metric in schema.METRICS if metric not in schema.SET_METRICS]


class Published:
    """Is a `MeasuredCodec` of which there are only decoded pictures and their rates. A file is as
    many bytes as the rate says, which begin with the picture's path."""

    extension, complexity = "bin", Complexity()

    def __init__(self, name: str, places: Mapping[bytes, Path], rates: Mapping[str, float]) -> None:
        self.name = self.typed = self.encoder = name
        self.version = "as published"
        self.settings = (systems.RATE,)
        self.trained_on: list[str] | None = None
        self._places, self._rates = places, rates

    def encode(self, picture: Pixels, setting: str) -> bytes:
        folder = self._places[picture.tobytes()]
        nbytes = round(self._rates[folder.name] * picture.shape[0] * picture.shape[1] / 8)
        return str(folder / f"{self.name}.png").encode().ljust(nbytes, b"\n")

    def decode(self, data: bytes) -> Pixels:
        return reading.read(data.decode().rstrip("\n")).rgb

    def match(self, picture: Pixels, nbytes: int, known: Mapping[str, int] | None = None) -> bytes:
        return self.encode(picture, systems.RATE)


def main(_: list[str]) -> None:
    root = Path(FLAGS.scenes)
    folders = [root / "scenes" / name for name in FLAGS.names]
    rates = json.loads((root / "bpp_data.json").read_text())
    originals = [folder / "reference.png" for folder in folders]
    places = {reading.read(path).rgb.tobytes(): path.parent for path in originals}
    published = [
        Published(name, places, {scene: float(rates[scene][name]) for scene in FLAGS.names})
        for name in FLAGS.codecs
    ]
    refiner = functools.partial(training.refiner, weights=FLAGS.weights)
    beside, problems = codecs.create_all(FLAGS.beside, refiner)
    for problem in problems:
        print(problem, file=sys.stderr)
    ours = [systems.AsLarge(codec, published[:1]) for codec in beside]
    with tempfile.TemporaryDirectory() as scratch:
        pictures = [Path(scratch) / f"{name}.png" for name in FLAGS.names]
        for original, picture in zip(originals, pictures):  # all are called reference.png
            shutil.copy(original, picture)
        command = shlex.join(["python", "-m", "benchmarks.published", *sys.argv[1:]])
        compared = [*published, *ours]
        plan = runner.Plan(compared, pictures, _METRICS, FLAGS.weights, 2, command=command)
        results = runner.run(plan)
    out = Path(FLAGS.out)
    out.mkdir(parents=True, exist_ok=True)
    schema.save(results, out / "results.json")
    (out / "README.md").write_text(_markdown(results), encoding="utf-8")
    print(summary.plain(summary.table(results.sets)))


def _markdown(results: schema.Results) -> str:
    parts = [
        "# What others have published decoded, and ours at the same bytes",
        f"{summary.made_by(results.about)}. Means over {', '.join(FLAGS.names)}; our "
        f"files, and AVIF's, have at most the bytes of {FLAGS.codecs[0]}'s, or "
        "nearly. Published pictures were measured as they are, by rates as published.",
        summary.markdown_table(summary.table(results.sets)),
    ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    app.run(main)
