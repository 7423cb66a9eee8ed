"""Finds bundles, shipped or not, and reads their files from folders and zip files.

Only the standard library is used: `apps.info` looks up a model's name here.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Callable, Union

from tfgan_codec.bundle.archives import Archive
from tfgan_codec.bundle.manifest import Manifest, safe_name
from tfgan_codec.errors import BundleError, TgcError, shown

SHIPPED = Path(__file__).parents[1] / "bundles"
_FURTHER = "tfgan_codec_models"  # a package of further bundles, for those who install it
MANIFEST = "manifest.json"
MAX_FILES = 64  # of a bundle, the manifest aside
MAX_MANIFEST = 1 << 20  # bytes
_MAX_FILE = (1 << 31) - 1  # bytes, as of a .tflite file
_MAX_DIGITS = 30  # of a whole number: reading it takes time with the square of them

PathLike = Union[str, "os.PathLike[str]"]
# Reads one file of a bundle, by its name.
Reader = Callable[[str], bytes]


def locate(path_or_name: PathLike) -> Path:
    """Finds a bundle. Shipped names win over paths; ``./mobile`` can only be a path."""
    text = os.fspath(path_or_name)
    if text == os.path.basename(text) and text not in ("", ".", ".."):
        for path in (place / name for place in places() for name in (text, f"{text}.zip")):
            if os.path.exists(path):
                return path
    if os.path.exists(text):
        return Path(text)
    names = ", ".join(path.stem for path in shipped()) or "(none)"
    raise BundleError(
        f"no model '{shown(text, 200)}'; give the path of a bundle or one of: {names}"
    )


def digest(path_or_name: PathLike) -> str:
    """Returns the SHA-256 of a bundle's manifest in hex. As that holds the hashes of all files, no
    other bundle has it."""
    return hashlib.sha256(stamp(path_or_name)).hexdigest()


def find_shipped(model_id: bytes) -> Path | None:
    """Finds the shipped bundle with this model id, reading manifests only."""
    for path in shipped():
        # A damaged bundle must not hide the right one.
        with contextlib.suppress(BundleError), errors_of(path):
            if manifest(reader(path))["model_id"] == model_id.hex():
                return path
    return None


def stamp(path_or_name: PathLike) -> bytes:
    """Returns bytes that differ once another bundle is in this place: the manifest, which has the
    hashes of all files."""
    path = locate(path_or_name)
    with errors_of(path):
        return reader(path)(MANIFEST)


def reader(place: Path | bytes) -> Reader:
    """Returns the `Reader` of the bundle at a path, or of the contents of a zip file."""

    fetch: Reader
    if isinstance(place, bytes):
        fetch = Archive(io.BytesIO(place), len(place)).read
    elif place.is_dir():
        fetch = functools.partial(_read_from, place)
    else:
        fetch = Archive(place, place.stat().st_size).read

    def read(name: str) -> bytes:
        try:
            return fetch(safe_name(name))
        except (FileNotFoundError, KeyError) as error:
            raise BundleError(f"{name} is missing") from error

    return read


def manifest(read: Reader, sha256: str | None = None) -> dict[str, Any]:
    """Returns the manifest, whose hash must be `sha256` if that is given, as parsed JSON, its
    fields unchecked."""
    text = read(MANIFEST)
    found = hashlib.sha256(text).hexdigest()
    if sha256 is not None and str(sha256).lower() != found:
        raise BundleError(f"the bundle's hash is {found}, not {shown(sha256)}: it is another one")
    if len(text) > MAX_MANIFEST:
        raise BundleError(f"{MANIFEST} has more than {MAX_MANIFEST} bytes")
    parsed = json.loads(text, parse_int=_integer)
    if not isinstance(parsed, dict):
        raise BundleError(f"{MANIFEST} is not a JSON object")
    return parsed


class Files(Mapping[str, bytes]):
    """Holds the files of a bundle by name; each is read, and its hash compared, when it is first
    asked for."""

    def __init__(self, read: Reader, hashes: Mapping[str, Any]) -> None:
        self._read, self._hashes = read, hashes
        self._contents: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        if name not in self._contents:
            expected, content = self._hashes[name], self._read(name)
            if hashlib.sha256(content).hexdigest() != expected:
                raise BundleError(f"{name} is damaged (its hash is wrong); copy the bundle again")
            self._contents[name] = content
        return self._contents[name]

    def __contains__(self, name: object) -> bool:
        return name in self._hashes

    def __iter__(self) -> Iterator[str]:
        return iter(self._hashes)

    def __len__(self) -> int:
        return len(self._hashes)


def contents(read: Reader, sha256: str | None = None) -> tuple[dict[str, Any], Files]:
    """Returns the manifest, whose hash must be `sha256` if that is given, and the files that it
    lists."""
    parsed = manifest(read, sha256)
    hashes = Manifest(parsed).child("files").values
    if len(hashes) > MAX_FILES:
        raise BundleError(f"a bundle has at most {MAX_FILES} files, not {len(hashes)}")
    return parsed, Files(read, hashes)


def write(
    folder: PathLike,
    number: int,
    name: str,
    digest: str,
    files: Mapping[str, bytes],
    fields: Mapping[str, Any],
) -> dict[str, Any]:
    """Writes the files of a bundle and its manifest, which is returned.

    Args:
      folder: where to write; made when missing. Files of a former bundle are overwritten.
      number: of the bundle's format.
      name: the model's name.
      digest: the model's normative hash.
      files: the contents of all files but the manifest, by name.
      fields: further fields of the manifest.
    """
    manifest = {
        "format": number,
        "name": safe_name(name),
        "model_id": digest[:6],
        "normative_sha256": digest,
        "files": {file: hashlib.sha256(files[file]).hexdigest() for file in sorted(files)},
        **fields,
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for file, data in files.items():
        (folder / file).write_bytes(data)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def check_hashes(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Raises `BundleError` unless each file has the SHA-256 hash that the manifest gives."""
    for name, digest in manifest["files"].items():
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise BundleError(f"{name} is damaged (its hash is wrong); copy the bundle again")


@contextlib.contextmanager
def errors_of(path: Path) -> Iterator[None]:
    """Turns every error that damaged or hostile files of a bundle can cause into `BundleError`."""
    try:
        yield
    except TgcError as error:
        raise BundleError(f"{shown(path, 200)}: {error}") from error
    except OSError as error:
        reason = error.strerror or shown(error)
        raise BundleError(f"{shown(path, 200)}: {reason}") from error
    except Exception as error:  # the parsers of JSON, zip files and arrays raise many kinds
        reason = shown(f"{type(error).__name__}: {error}")
        raise BundleError(f"{shown(path, 200)}: not a valid bundle ({reason})") from error


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise BundleError(f"{MANIFEST} has a number of {len(digits)} digits")
    return int(digits)


def _read_from(folder: Path, name: str) -> bytes:
    path = folder / name
    if not path.is_file():  # perhaps a pipe, on which one waits for ever
        raise FileNotFoundError(name)
    most = MAX_MANIFEST if name == MANIFEST else _MAX_FILE
    if path.stat().st_size > most:
        raise BundleError(f"{name} has more than {most} bytes")
    return path.read_bytes()


def places() -> list[Path]:
    """Returns the folders of shipped bundles: this package's, then that of further ones, if it is
    installed."""
    further = importlib.util.find_spec(_FURTHER)
    return [SHIPPED, *map(Path, (further and further.submodule_search_locations) or ())]


def shipped() -> list[Path]:
    """Returns the paths of all shipped bundles, those of each place sorted by name."""
    paths = [path for place in places() if place.is_dir() for path in sorted(place.iterdir())]
    return [p for p in paths if p.suffix == ".zip" or (p / MANIFEST).is_file()]
