"""Puts the browser's codec, its runtime, a model and the page together as static files.

index.html, page/, sw.js    the page, usable offline
tgc/                        the codec for any page: tgc.js, tgc-img.js, and a model
tgc-sw.js                   the service worker for `<img src="photo.tgc">`
demo/                       a photograph and what the codec makes of it
files.js                    what there is, for the page's service worker
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from export.web import decoders
from tfgan_codec import codec, outputs
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.errors import BundleError, UsageError

_HERE = Path(__file__).parent
_PAGE = ("index.html", "page", "sw.js", "tgc-sw.js")
_CODEC = ("tgc.js", "tgc-img.js", "worker", "codec", "runtime")
PHOTOGRAPH = _HERE.parents[1] / "apps" / "assets" / "sample.jpg"
_INDEX = "files.js"
_MARK = "// Written by export.web: the files of this site.\n"
# Browsers resolve such names in pages, but not in workers.
_BARE, _RELATIVE = '"@litertjs/wasm-utils"', '"./wasm-utils.js"'


def is_site(path: str) -> bool:
    """Whether a folder is one that `build` wrote."""
    try:
        return (Path(path) / _INDEX).read_text(encoding="utf-8").startswith(_MARK)
    except (OSError, UnicodeDecodeError):
        return False


SITE = outputs.Kind("a site of export.web", "", is_site)


def build(model: str, site: Path) -> dict[str, int]:
    """Writes the files of a site, in place of those that are there.

    Args:
      model: name or path of a bundle.
      site: the folder.

    Returns:
      The bytes of each file, by its path in the site.

    Raises:
      BundleError: the bundle is damaged, or the files cannot be written.
      UsageError: the runtime cannot be fetched.
    """
    contents = dict(_contents(model))
    sizes = {name: len(data) for name, data in sorted(contents.items())}
    version = hashlib.sha256()
    for name in sizes:
        version.update(name.encode() + b"\0" + hashlib.sha256(contents[name]).digest())
    listed = json.dumps({"version": version.hexdigest()[:16], "files": sizes}, indent=1)
    contents[_INDEX] = f"{_MARK}self.TGC_SITE = {listed};\n".encode()
    try:
        for name in contents:  # all that may be there of an older site
            top = site / name.split("/")[0]
            shutil.rmtree(top) if top.is_dir() else top.unlink(missing_ok=True)
        for name, data in contents.items():
            path = site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise BundleError(f"cannot write {site}: {error.strerror or error}") from error
    return sizes


def _contents(model: str) -> Iterator[tuple[str, bytes]]:
    """Yields the path in the site and the content of each file but the index."""
    for name in _PAGE:
        for path in _files(_HERE / name):
            yield path.relative_to(_HERE).as_posix(), path.read_bytes()
    for name in _CODEC:
        for path in _files(_HERE / name):
            yield f"tgc/{path.relative_to(_HERE).as_posix()}", path.read_bytes()
    yield from _prefixed("tgc/runtime/", _litert())
    yield from _prefixed("tgc/model/", _bundle(model))
    compressed = codec.load(model).compress(PHOTOGRAPH)
    yield "demo/photograph.jpg", PHOTOGRAPH.read_bytes()
    yield "demo/photograph.tgc", compressed


def _files(path: Path) -> list[Path]:
    """Returns a file, or all files of a folder that belong in a site."""
    if path.is_file():
        return [path]
    return [p for p in sorted(path.rglob("*")) if p.is_file() and not p.name.startswith(".")]


def _prefixed(prefix: str, files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for name, data in files.items():
        yield prefix + name, data


def _litert() -> dict[str, bytes]:
    """Returns the files of LiteRT.js that browsers load, by name; fetches them if need be."""
    build_folder = _HERE / "build"
    try:
        subprocess.run([_HERE / "fetch.sh", build_folder], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise UsageError("LiteRT.js cannot be fetched; npm and bash are needed for it") from error
    package = build_folder / "node_modules" / "@litertjs"
    core = (package / "core/dist/index.js").read_text(encoding="utf-8")
    if core.count(_BARE) != 1:
        raise UsageError("LiteRT.js is not the version that export.web knows")
    # Without the reference to a source map, which is not served.
    core = core.replace(_BARE, _RELATIVE).split("//# sourceMappingURL=")[0]
    utils = (package / "wasm-utils/dist/index.js").read_text(encoding="utf-8")
    files = {
        "litert-core.js": core.encode(),
        "wasm-utils.js": utils.split("//# sourceMappingURL=")[0].encode(),
    }
    for variant in ("", "compat_", "threaded_"):  # the browser loads one of them
        for extension in ("js", "wasm"):
            name = f"litert_wasm_{variant}internal.{extension}"
            files[name] = (package / "core" / "wasm" / name).read_bytes()
    return files


def _bundle(model: str) -> dict[str, bytes]:
    """Returns by name the files of a bundle that browsers need, its manifest among them."""
    read = bundle_files.reader(bundle_files.locate(model))
    _, files = bundle_files.contents(read)
    return decoders.smallest({**files, bundle_files.MANIFEST: read(bundle_files.MANIFEST)})
