"""Bundles with one file changed and all hashes right, or a zip file changed anywhere.

The first byte of an input says which bundle and which of its files the rest takes the place of.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping

import numpy as np

from tests.fuzz.guided.target import DATA, Target
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.bundle.normative import normative_hash
from tfgan_codec.codec import Codec

_BUNDLES = (DATA / "tiny", DATA / "context" / "bundle.zip")
_PARTS = ("manifest.json", "normative.npz", "gains.npz", "")  # "" is the zip file
_PICTURE = np.random.default_rng(0).integers(0, 256, (40, 70, 3), np.uint8)


def target() -> Target:
    """Returns the target, whose seeds are the files of two bundles."""
    whole = [bundle_files.contents(bundle_files.reader(path)) for path in _BUNDLES]
    seeds = []
    for number, (manifest, files) in enumerate(whole):
        contents = [_json(manifest), _stored(files["normative.npz"]), _stored(files["gains.npz"])]
        contents.append(_zipped(_json(manifest), files))
        seeds += [bytes([number * len(_PARTS) + part]) + each for part, each in enumerate(contents)]

    def use(data: bytes) -> None:
        number, part = divmod(data[0] % 8 if data else 0, len(_PARTS))
        _use(*whole[number], _PARTS[part], data[1:])

    return Target(seeds, use)


def _use(
    manifest: dict[str, object], files: Mapping[str, bytes], name: str, contents: bytes
) -> None:
    archive = contents
    if name == "manifest.json":
        archive = _zipped(contents, files)
    elif name:
        changed = json.loads(_json(manifest))
        changed["files"][name] = hashlib.sha256(contents).hexdigest()
        if name == "normative.npz":
            _name_after(changed, contents)
        archive = _zipped(_json(changed), {**files, name: contents})
    with bundle_files.errors_of(DATA / "fuzzed.zip"):
        bundle = Bundle(*bundle_files.contents(bundle_files.reader(archive)))
    codec = Codec(bundle)
    assert codec.decompress(codec.compress(_PICTURE, quality=100)).size == (70, 40)


def _name_after(manifest: dict[str, object], contents: bytes) -> None:
    """Gives a manifest the hash of the normative arrays, if they are any."""
    try:
        with np.load(io.BytesIO(contents)) as arrays:
            digest = normative_hash(dict(arrays))
    except Exception:  # NumPy raises many kinds; the bundle has to refuse what this is
        return
    manifest.update(normative_sha256=digest, model_id=digest[:6])


def _json(manifest: Mapping[str, object]) -> bytes:
    return json.dumps(manifest).encode()


def _stored(npz: bytes) -> bytes:
    """Returns arrays in a file that is not deflated, so that changes hit what is in it."""
    buffer = io.BytesIO()
    with np.load(io.BytesIO(npz)) as arrays:
        np.savez(buffer, **arrays)
    return buffer.getvalue()


def _zipped(manifest: bytes, files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in {"manifest.json": manifest, **files}.items():
            archive.writestr(name, data)
    return buffer.getvalue()
