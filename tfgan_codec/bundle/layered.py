"""Reads and writes bundles in layers: an ordinary bundle for each size of the picture, together.

``manifest.json`` names them from coarse to fine; each is a zip file beside it, and a bundle of its
own. ``docs/format.md`` has the details.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle.files import PathLike
from tfgan_codec.bundle.manifest import Manifest, safe_name
from tfgan_codec.bundle.model import FLOAT, LAYERED, Bundle
from tfgan_codec.bundle.runtime import THREADS
from tfgan_codec.errors import BundleError
from tfgan_codec.format.header import MAX_LAYERS

_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the same layers make the same files


class LayeredBundle:
    """Holds a loaded model in layers. Its other attributes are like those of `Bundle`.

    Attributes:
      layers: the bundle of each size of the picture, coarse to fine.
    """

    name: str
    model_id: bytes
    layers: tuple[Bundle, ...]
    info: Mapping[str, Any]

    def __init__(
        self,
        manifest: Mapping[str, Any],
        files: Mapping[str, bytes],
        threads: int = THREADS,
        decoder: str = FLOAT,
        shipped: bool = False,
    ) -> None:
        """Takes and checks the same arguments as `Bundle`."""
        bundle_files.check_hashes(manifest, files)
        fields = Manifest(manifest)
        self.name, self.info = fields.name("name"), dict(fields.child("info").values)
        names = fields.list("layers")
        if not 2 <= len(names) <= MAX_LAYERS:
            raise BundleError(f"a bundle has 2 to {MAX_LAYERS} layers, not {len(names)}")
        layers, digests = [], []
        for name in map(safe_name, names):
            if name not in files:
                raise BundleError(f"the layer {name} is missing from files of the manifest")
            layer = bundle_files.contents(bundle_files.reader(files[name]))
            layers.append(Bundle(*layer, threads, decoder, shipped))
            if layers[-1].context is not None:
                raise BundleError(f"{name} has a context model, which a layer cannot have")
            digests.append(layer[0]["normative_sha256"])
        digest = layered_hash(digests)
        if [fields.string(key) for key in ("normative_sha256", "model_id")] != [digest, digest[:6]]:
            raise BundleError("the layers do not match their hash; export the bundle again")
        self.model_id = bytes.fromhex(digest)[:3]
        self.layers = tuple(layers)
        if not self.realisms:
            have = "; ".join(", ".join(f"{r:g}" for r in layer.realisms) for layer in layers)
            raise BundleError(f"no realism has decoders in all layers, which have: {have}")

    @property
    def realisms(self) -> tuple[float, ...]:
        """The realisms, 0..1 in rising order, of which every layer has a decoder."""
        common = set.intersection(*(set(layer.realisms) for layer in self.layers))
        return tuple(sorted(common))


def layers_of(bundle: Bundle | LayeredBundle) -> tuple[Bundle, ...]:
    """Returns the layers of a model, coarse to fine; one that is not in layers is its only one."""
    return bundle.layers if isinstance(bundle, LayeredBundle) else (bundle,)


def load_bundle(
    path_or_name: PathLike,
    threads: int = THREADS,
    sha256: str | None = None,
    decoder: str = FLOAT,
    lean: bool = False,
) -> Bundle | LayeredBundle:
    """Loads a bundle, in layers or not, by name or path as `Bundle.load` does; each network runs
    on `threads` threads, decoders are floats or integers as for `Bundle`. If `sha256` is given, it
    must be the hash of the manifest, see `codec.load`. With `lean` a shipped bundle is not checked
    beyond what is used of it."""
    path = bundle_files.locate(path_or_name)
    with bundle_files.errors_of(path):
        manifest, files = bundle_files.contents(bundle_files.reader(path), sha256)
        kind = LayeredBundle if Manifest(manifest).integer("format") == LAYERED else Bundle
        shipped = lean and path.parent in bundle_files.places()
        return kind(manifest, files, threads, decoder, shipped)


def write_layered_bundle(
    folder: PathLike, *, name: str, layers: Sequence[PathLike], info: Mapping[str, Any]
) -> LayeredBundle:
    """Writes a bundle of layers and returns it as loaded again from there.

    Args:
      folder: where to write; made when missing. Files of a former bundle are overwritten.
      name: the model's name.
      layers: folders of the layers' bundles, coarse to fine.
      info: free text for people.
    """
    files: dict[str, bytes] = {}
    digests = []
    for number, layer in enumerate(layers):
        scale = 1 << (len(layers) - 1 - number)
        files[f"scale{scale}.zip"] = _zip(Path(layer))
        manifest = json.loads((Path(layer) / bundle_files.MANIFEST).read_text(encoding="utf-8"))
        digests.append(manifest["normative_sha256"])
    digest = layered_hash(digests)
    fields = {"layers": list(files), "info": dict(info)}
    manifest = bundle_files.write(folder, LAYERED, name, digest, files, fields)
    with bundle_files.errors_of(Path(folder)):
        return LayeredBundle(manifest, files)


def layered_hash(digests: Sequence[str]) -> str:
    """Returns the SHA-256, in hex, of the layers' normative hashes (32 bytes each) in a row."""
    return hashlib.sha256(b"".join(map(bytes.fromhex, digests))).hexdigest()


def _zip(folder: Path) -> bytes:
    manifest = json.loads((folder / bundle_files.MANIFEST).read_text(encoding="utf-8"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in (bundle_files.MANIFEST, *manifest["files"]):
            member = zipfile.ZipInfo(name, _NO_DATE)
            # A quarter less: transposed convolutions, stored as sub-pixel ones, are half zeros.
            archive.writestr(member, (folder / name).read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()
