"""Puts decoders in 8-bit integers into a bundle, beside its own in floats."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle.arrays import save_arrays
from tfgan_codec.bundle.model import INT8, Bundle
from tfgan_codec.errors import BundleError

_SCALE = "synthesis-int8.npz"


def add_int8(folder: bundle_files.PathLike, other: bundle_files.PathLike) -> Bundle:
    """Adds the decoders of another bundle, which are the same ones in int8, to that in a folder;
    returns it as loaded again. All its other files stay as they are.

    An int8 decoder takes scaled latents. In a bundle of its own the inverse gain has that scale;
    here it is kept for itself.
    """
    place = Path(folder).resolve()
    own, integers = Bundle.load(place), Bundle.load(Path(other).resolve())
    if own.model_id != integers.model_id or own.realisms != integers.realisms:
        raise BundleError(f"{other} has not the decoders of {folder} in int8")
    # Levels scale alike; the median is free of the rounding of each.
    scale = np.median(integers.inverse_gain / own.inverse_gain, axis=0).astype(np.float32)
    manifest = json.loads((place / bundle_files.MANIFEST).read_text(encoding="utf-8"))
    added = {_SCALE: save_arrays({"scale": scale})}
    for entry in manifest["networks"]["synthesis"]:
        name = f"{Path(entry['file']).stem}-int8.tflite"
        added[name] = integers.part("synthesis", entry["realism"]).tflite
        entry[INT8] = {"file": name, "scale": _SCALE}
    for name, content in added.items():
        (place / name).write_bytes(content)
        manifest["files"][name] = hashlib.sha256(content).hexdigest()
    text = json.dumps(manifest, indent=2) + "\n"
    (place / bundle_files.MANIFEST).write_text(text, encoding="utf-8")
    with bundle_files.errors_of(place):
        return Bundle(*bundle_files.contents(bundle_files.reader(place)), decoder=INT8)
