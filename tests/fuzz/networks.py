"""Networks that a stranger changed, every hash in their bundle made right.

Half of the changes are of bytes. The others are of the graph: a number somewhere in it becomes
another, and the file is written anew, so that all its offsets are right.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tests.fuzz.mutation import mutated
from tests.fuzz.runner import Case, Use
from tfgan_codec.bundle.files import contents, locate, reader
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.codec import Codec

_NUMBERS = (-(1 << 31), -129, -2, -1, 0, 1, 2, 3, 4, 5, 8, 16, 127, 255, 1 << 16, (1 << 31) - 1)


def cases(bundle: str) -> Case:
    """Returns the cases for the bundle at a path, in which one network at a time is changed."""
    manifest, files = contents(reader(locate(bundle)))
    names = sorted(name for name in files if name.endswith(".tflite"))
    picture = np.random.default_rng(0).integers(0, 256, (40, 70, 3), np.uint8)

    def case(number: int) -> Use:
        rng = np.random.default_rng([1, number])
        name = names[rng.integers(len(names))]
        data = mutated(files[name], rng) if rng.integers(2) else rewritten(files[name], rng)
        digest = hashlib.sha256(data).hexdigest()
        changed = json.loads(json.dumps(manifest))
        changed["files"][name] = digest

        def use() -> str:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                codec = Codec(Bundle(changed, {**files, name: data}))
                blob = codec.compress(picture, quality=100)
                for realism in codec.bundle.realisms:
                    assert codec.decompress(blob, realism).size == (70, 40)
            return "picture"

        return use

    return case


def rewritten(data: bytes, rng: np.random.Generator) -> bytes:
    """Returns the file with one to three numbers of its graph changed."""
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    for _ in range(int(rng.integers(1, 4))):
        owners = [*model.operatorCodes, *model.buffers]
        for graph in model.subgraphs:
            owners += [graph, *graph.tensors, *graph.operators]
            owners += [t.quantization for t in graph.tensors if t.quantization is not None]
            owners += [o.builtinOptions for o in graph.operators if o.builtinOptions is not None]
        owner = owners[rng.integers(len(owners))]
        fields = [k for k, v in vars(owner).items() if _changes(v)]
        if fields:
            field = fields[rng.integers(len(fields))]
            setattr(owner, field, _changed(getattr(owner, field), rng))
    builder = flatbuffers.Builder(len(data) + 1024)
    try:
        builder.Finish(model.Pack(builder), b"TFL3")
    except Exception:  # a number that its field cannot hold
        return mutated(data, rng)
    return bytes(builder.Output())


def _changes(value: object) -> bool:
    return isinstance(value, (int, float, np.ndarray)) or (
        isinstance(value, list) and all(isinstance(item, (int, float)) for item in value)
    )


def _changed(value: Any, rng: np.random.Generator) -> Any:
    """Returns a number, or a list or array of them, with something about it changed."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        other = int(_NUMBERS[rng.integers(len(_NUMBERS))])
        return other if rng.integers(2) else value + int(rng.integers(-3, 4))
    items = np.array(value)
    how = int(rng.integers(4))
    if how == 0 or not items.size:
        return items[: int(rng.integers(items.size + 1))]
    if how == 1:
        return np.concatenate([items, items[: int(rng.integers(1, items.size + 1))]])
    at = int(rng.integers(items.size))
    if items.dtype.kind == "f":
        items[at] = [0, -1, 1e-38, 1e38, np.nan, np.inf][rng.integers(6)]
        return items
    low, high = np.iinfo(items.dtype).min, np.iinfo(items.dtype).max
    other = int(_NUMBERS[rng.integers(len(_NUMBERS))])
    items[at] = min(
        max(other if how == 2 else int(items[at]) + int(rng.integers(-3, 4)), low), high
    )
    return items
