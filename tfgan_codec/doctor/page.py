"""Puts together the page that `tgc doctor` prints."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import tfgan_codec
from tfgan_codec import provenance
from tfgan_codec.bundle.files import shipped
from tfgan_codec.cli import NEWEST_TRAINING
from tfgan_codec.doctor import probes
from tfgan_codec.metrics import weights

_BASE = ("numpy", "pillow", "ai-edge-litert", "absl-py", "tqdm")
_TRAINING = ("tensorflow", "tf-keras", "tensorflow-compression", "tensorflow-datasets")
# In a checkout of this project:
_TRAIN = 'pip install ".[train]"'
_GPU = 'pip install ".[gpu]"'
_PLAIN_KERAS = (2, 16)  # from this TensorFlow on Keras 2 is a package of its own


class Line(NamedTuple):
    """One line of the page: what was looked at, what was found, and the command that mends it,
    which is empty where all is well."""

    subject: str
    found: str
    mend: str = ""


def examine(folder: str) -> list[Line]:
    """Returns the lines of the page; the weights of metrics are looked for in `folder`."""
    return [
        Line("tfgan_codec", " ".join((tfgan_codec.__version__, provenance.commit())).strip()),
        Line("machine", provenance.machine()),
        _python(),
        *(_package(name, f"pip install {name}") for name in _BASE),
        _litert(),
        *(Line("model", path.stem) for path in shipped()),
        *_training(),
        *(_weights(name, folder) for name in weights.FILES),
    ]


def _python() -> Line:
    newest = ".".join(map(str, NEWEST_TRAINING))
    if sys.version_info[:2] > NEWEST_TRAINING:
        found = f"{platform.python_version()}, too new to train with"
        return Line("Python", found, f"python{newest} -m venv .venv  # for training")
    return Line("Python", platform.python_version())


def _package(name: str, mend: str) -> Line:
    version = _version(name)
    return Line(name, version, "") if version else Line(name, "not installed", mend)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _litert() -> Line:
    """Which delegates LiteRT runs a network of a shipped model with."""
    networks = [file for model in shipped() for file in sorted(Path(model).glob("*.tflite"))]
    if not networks:
        return Line("LiteRT", "no shipped model to try it with")
    delegates = probes.delegates(networks[0])
    if delegates is None:
        return Line("LiteRT", "does not run", "pip install --force-reinstall ai-edge-litert")
    return Line("LiteRT", f"runs with {', '.join(delegates) or 'no delegate: slowly'}")


def _training() -> list[Line]:
    """What training needs: TensorFlow, Keras 2, an implementation of compression, perhaps a GPU."""
    installed = {name: _version(name) for name in _TRAINING}
    if not installed["tensorflow"]:
        return [Line("training", "not installed (compressing and decompressing need none)", _TRAIN)]
    lines = [Line(name, version) for name, version in installed.items() if version]
    major, minor = map(int, installed["tensorflow"].split(".")[:2])
    if (major, minor) >= _PLAIN_KERAS and not installed["tf-keras"]:
        wanted = f'pip install "tf-keras=={major}.{minor}.*"'
        return [*lines, Line("tf-keras", "not installed, TensorFlow has no Keras 2", wanted)]
    report = probes.training()
    if report.problem:
        return [*lines, Line("training", f"does not start: {report.problem}", _TRAIN)]
    lines.append(Line("compression", report.compression))
    if report.gpus:
        return [*lines, Line("GPU", ", ".join(report.gpus))]
    if probes.nvidia_driver():
        return [*lines, Line("GPU", "there, but TensorFlow does not find it", _GPU)]
    return [*lines, Line("GPU", "none found: training uses the processor")]


def _weights(name: str, folder: str) -> Line:
    subject = f"weights {name}"
    try:
        weights.load(name, folder)
    except weights.WeightsMissingError:
        there = (Path(folder) / weights.FILES[name].file).exists()
        found = f"{'damaged' if there else 'not'} in {folder}"
        return Line(subject, found, "tgc weights  # says what to download")
    return Line(subject, f"in {folder}")


def text(lines: list[Line]) -> str:
    """Returns the page: one row for each line, what mends it underneath."""
    width = max(len(line.subject) for line in lines)
    rows = []
    for line in lines:
        rows.append(f"{line.subject:<{width}}  {line.found}")
        if line.mend:
            rows.append(f"{'':<{width}}  -> {line.mend}")
    return "\n".join(rows)
