"""Names to codecs: `avif`, `avif=12/20`, `mobile+realism100`, `path/to/bundle@0=0.05/0.1`."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from tfgan_codec.bundle.runtime import THREADS
from tfgan_codec.coding.contract import Refiner
from tfgan_codec.errors import BundleError, UsageError
from tfgan_codec.evaluation import classical
from tfgan_codec.evaluation.neural import DEFAULT_SETTINGS, NeuralCodec
from tfgan_codec.metrics.complexity import Complexity
from tfgan_codec.pictures.picture import Pixels

# What can follow a name: search, realism, settings.
_REST = re.compile(r"(?:\+([a-z]+[0-9]*))?(?:@([^@=]*))?(?:=(.*))?")


class MeasuredCodec(Protocol):
    """Turns pictures, uint8 [height, width, 3], into files and back, and can be measured.

    Attributes:
      name: the codec's name in results.
      typed: the text that asks for it, without settings.
      encoder: a text that is equal only for codecs that make the same files.
      version: the version of its library or bundle, for people.
      extension: the extension of its files.
      settings: the settings to measure at, on the codec's own scale.
      complexity: its parameters and operations.
      trained_on: names of the metrics that it was trained on; None if that is not known.
    """

    name: str
    typed: str
    encoder: str
    version: str
    extension: str
    settings: tuple[str, ...]
    complexity: Complexity
    trained_on: list[str] | None

    def encode(self, picture: Pixels, setting: str) -> bytes: ...

    def decode(self, data: bytes) -> Pixels: ...

    def match(
        self, picture: Pixels, nbytes: int, known: Mapping[str, int] | None = None
    ) -> bytes: ...


def file_of(folder: Path, codec: MeasuredCodec, setting: str, picture: str) -> Path:
    """Returns the path at which the file of a picture is kept."""
    name = quote(codec.name, safe=" +=@")  # which can be a path
    return folder / f"{name}-{setting}" / f"{Path(picture).stem}.{codec.extension}"


def create_all(
    specs: Iterable[str], refiner: Callable[[str], Refiner] | None = None, threads: int = THREADS
) -> tuple[list[MeasuredCodec], list[str]]:
    """Returns the codecs of several specifications, and why some are missing.

    The same codec twice is one with all the settings. Different ones of the same name, such as
    bundles of one system, are called by what was typed for them.
    """
    codecs: list[MeasuredCodec] = []
    problems: list[str] = []
    for spec in filter(None, specs):
        try:
            new = create(spec, refiner, threads)
        except (classical.CodecMissingError, BundleError) as error:
            problems.append(str(error))
            continue
        same = next((old for old in codecs if _equal(old, new)), None)
        if same:
            same.settings = tuple(dict.fromkeys((*same.settings, *new.settings)))
        else:
            codecs.append(new)
    taken = Counter(name for codec in codecs for name in {codec.name, codec.typed})
    for codec in codecs:
        codec.name = codec.typed if taken[codec.name] > 1 else codec.name
    return codecs, problems


def _equal(a: MeasuredCodec, b: MeasuredCodec) -> bool:
    return (a.name, a.encoder) == (b.name, b.encoder)  # the name has the decoder's realism


def create(
    spec: str, refiner: Callable[[str], Refiner] | None = None, threads: int = THREADS
) -> MeasuredCodec:
    """Makes a codec from `NAME[+SEARCH][@REALISM][=SETTING[/SETTING...]]`.

    NAME is one of `classical.NAMES`, a shipped bundle's name or a bundle's path; SEARCH is that of
    `apps.compress`, such as realism100, and `refiner` makes it of its text, which needs TensorFlow.
    Where a path has these signs of its own, the longest beginning that exists is the name. Raises
    classical.CodecMissingError or BundleError where a codec cannot be had.
    """
    name, search, realism, listed = _split(spec.strip())
    settings = tuple(setting for setting in (listed or "").split("/") if setting)
    if name in classical.NAMES and not (search or realism):
        codec = classical.create(name)
        codec.settings = settings or codec.settings
        return codec
    try:
        decoder = None if realism is None else float(realism)
    except ValueError:
        raise UsageError(f"{spec!r}: after @ comes the realism, a number such as 0 or 1") from None
    found = _searching(search, refiner) if search else None
    return NeuralCodec(name, decoder, settings or DEFAULT_SETTINGS, search, found, threads)


def _split(spec: str) -> tuple[str, str | None, str | None, str | None]:
    """Returns the name, search, realism and settings of a codec, as they are written."""
    ends = [*(sign.start() for sign in re.finditer("[+@=]", spec)), len(spec)]
    ways = [(end, rest) for end in ends if (rest := _REST.fullmatch(spec, end))]
    end, rest = next((way for way in reversed(ways) if os.path.exists(spec[: way[0]])), ways[0])
    search, realism, settings = rest.groups()
    return spec[:end], search, realism, settings


def _searching(search: str, refiner: Callable[[str], Refiner] | None) -> Refiner:
    if refiner is None:
        raise UsageError(f"{search}: no search can be made here; leave it out")
    try:
        return refiner(search)
    except UsageError as error:
        raise classical.CodecMissingError(f"{search} is left out: {error}") from error
