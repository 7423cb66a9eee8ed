"""Chooses the form of a model's decoders that browsers run: 8-bit integers, where it has them.

They are half as large as float16 ones and faster. A bundle that has both forms names the integer
one in its manifest, as `int8` of each decoder; a site gets an ordinary bundle with it alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np

from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle.arrays import load_arrays, save_arrays

_GAINS = "gains.npz"
_INVERSE = "inverse_gain"
Files = dict[str, bytes]


def smallest(files: Mapping[str, bytes]) -> Files:
    """Returns the files of a bundle, by name, the manifest too: with the decoders in integers in
    place of the others if each has such a form, otherwise as they are.

    Integer decoders take latents whose channels were multiplied by a scale; the inverse gain, which
    the latents are multiplied by anyway, takes that on.
    """
    manifest = json.loads(files[bundle_files.MANIFEST])
    decoders = manifest.get("networks", {}).get("synthesis", [])
    forms = [decoder.get("int8") for decoder in decoders]
    scales = {form["scale"] for form in forms if form}
    if not forms or None in forms or len(scales) > 1:
        return dict(files)
    kept = dict(files)
    for decoder, form in zip(decoders, forms):
        del kept[decoder["file"]], decoder["int8"]
        decoder["file"] = form["file"]
    gains = load_arrays(files, _GAINS)
    (scale,) = load_arrays({name: kept.pop(name) for name in scales}, *scales).values()
    gains[_INVERSE] = (gains[_INVERSE] * scale).astype(np.float32)
    kept[_GAINS] = save_arrays(gains)
    manifest["files"] = {
        name: hashlib.sha256(kept[name]).hexdigest() for name in manifest["files"] if name in kept
    }
    kept[bundle_files.MANIFEST] = (json.dumps(manifest, indent=2) + "\n").encode()
    return kept
