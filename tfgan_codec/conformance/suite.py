"""The suite: files, the models they were made with, and what a decoder must find in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from tfgan_codec.errors import UsageError, shown

MANIFEST = "suite.json"
FORMAT = 1
VERSIONS = ("plain", "layers", "context", "tiles")
SYMBOLS, PIXELS = "symbols", "pixels"  # the levels
FORMS = ("float", "float16", "int8")  # of decoders


class Bounds(NamedTuple):
    """Says how far the pixels of a decoder may be from the suite's, in levels of 255."""

    largest: int
    rms: float  # root mean square


class Case(NamedTuple):
    """Holds one file and what a decoder must make of it."""

    name: str
    file: Path
    model: str  # the name of its folder
    version: str  # one of `VERSIONS`
    level: str  # of a malformed file: at which level decoders must notice
    error: str  # of a malformed file: the class of the error, or several and slashes; else empty
    symbols: tuple[dict[str, str], ...]  # SHA-256 of each stage, by its name, of each layer
    picture: Path | None  # PNG; None where pixels are not compared
    bounds: dict[str, Bounds]  # by the form of the decoder


class Suite(NamedTuple):
    """Holds the cases of a suite.

    Attributes:
      models: the folder of each model by its name.
      cases: in the order of the manifest.
    """

    models: dict[str, Path]
    cases: tuple[Case, ...]


def read(folder: Path) -> Suite:
    """Reads the suite in a folder; `UsageError` where there is none that this program knows."""
    try:
        fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{shown(folder)} has no {MANIFEST} that can be read ({error}); "
            "python conformance/make.py makes the suite"
        ) from error
    if fields.get("format") != FORMAT:
        raise UsageError(f"the suite in {shown(folder)} is not of format {FORMAT}: make it again")
    models = {name: folder / "models" / name for name in fields["models"]}
    return Suite(models, tuple(_case(folder, case) for case in fields["cases"]))


def _case(folder: Path, fields: dict[str, Any]) -> Case:
    pixels = fields.get("pixels", {})
    return Case(
        fields["name"],
        folder / "files" / f"{fields['name']}.tgc",
        fields["model"],
        fields["version"],
        fields.get("level", SYMBOLS),
        fields.get("error", ""),
        tuple(fields.get("symbols", ())),
        folder / "pictures" / f"{fields['name']}.png" if pixels else None,
        {form: Bounds(*pair) for form, pair in pixels.items()},
    )
