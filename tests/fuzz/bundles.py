"""Bundles that a stranger made, all hashes right: manifests, arrays, zip files.

Networks are left as they are; `networks` changes those.
"""

from __future__ import annotations

import copy
import hashlib
import io
import json
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

import tfgan_codec as tgc
from tests.fuzz.mutation import mutated
from tests.fuzz.runner import Case, Use
from tfgan_codec.bundle.files import contents, locate, reader
from tfgan_codec.bundle.layered import write_layered_bundle
from tfgan_codec.bundle.normative import normative_hash

DATA = Path(__file__).resolve().parents[1] / "data"
_VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    3,
    64,
    1 << 20,
    10**300,
    0.5,
    float("nan"),
    "",
    "..",
    "x" * 9999,
]
_VALUES += ["\x1b[2J\n" * 99, "/etc/passwd", "synthesis-0.tflite", [], {}, [[]] * 9, {"file": 1}]
_NUMBERS = (0, 1, -1, 2, 127, -128, 255, 65535, 65536, 1 << 20, (1 << 31) - 1, -(1 << 31))

Files = dict[str, bytes]


def cases(bundle: str) -> Case:
    """Returns the cases for the bundle at a path, one with a context model, and one in layers."""
    folder = Path(tempfile.mkdtemp())
    write_layered_bundle(folder / "layered", name="layered", layers=[bundle] * 2, info={})
    paths = [bundle, DATA / "context" / "bundle.zip", folder / "layered"]
    read = [contents(reader(locate(path))) for path in paths]
    seeds = [(manifest, dict(files)) for manifest, files in read]  # all of them, and at once
    picture = np.random.default_rng(0).integers(0, 256, (40, 70, 3), np.uint8)

    def case(number: int) -> Use:
        rng = np.random.default_rng([3, number])
        manifest, files = copy.deepcopy(seeds[rng.integers(len(seeds))])
        changed = (_json, _json_bytes, _arrays, _array_bytes, _zip_bytes, _bomb)[rng.integers(6)]
        path = folder / "fuzzed.zip"
        path.write_bytes(changed(manifest, files, rng))

        def use() -> str:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # gains of 10^6 are more than floats bear
                codec = tgc.load(path)
                assert codec.decompress(codec.compress(picture, quality=100)).size == (70, 40)
            return "picture"

        return use

    return case


def _json(manifest: dict[str, Any], files: Files, rng: np.random.Generator) -> bytes:
    """Some fields missing, of another type or range, or under another name."""
    for _ in range(int(rng.integers(1, 4))):
        owner: Any = manifest
        while True:
            keys = list(owner) if isinstance(owner, dict) else list(range(len(owner)))
            if not keys:
                break
            key = keys[rng.integers(len(keys))]
            if isinstance(owner[key], (dict, list)) and owner[key] and rng.integers(4):
                owner = owner[key]
                continue
            value = _VALUES[rng.integers(len(_VALUES))]
            if isinstance(owner, dict) and rng.integers(3) == 0:
                kept = owner.pop(key)
                if rng.integers(2):
                    owner[str(value)[:200]] = kept
            else:
                owner[key] = value
            break
    return _zipped(json.dumps(manifest).encode(), files)


def _json_bytes(manifest: dict[str, Any], files: Files, rng: np.random.Generator) -> bytes:
    text = json.dumps(manifest).encode()
    if rng.integers(4) == 0:
        text = (b"[" * 99999, b'{"format":' + b"9" * 99999 + b"}", b"{" + b" " * (1 << 21))[
            rng.integers(3)
        ]
    return _zipped(mutated(text, rng), files)


def _arrays(manifest: dict[str, Any], files: Files, rng: np.random.Generator) -> bytes:
    """One or two arrays with other values, another type or shape; all hashes made right."""
    name = _npz(files, rng)
    if not name:
        return _zip_bytes(manifest, files, rng)
    with np.load(io.BytesIO(files[name])) as stored:
        arrays = dict(stored)
    for _ in range(int(rng.integers(1, 3))):
        key = sorted(arrays)[rng.integers(len(arrays))]
        array = arrays[key].copy()
        how = rng.integers(6)
        with np.errstate(all="ignore"):
            number = np.array(_NUMBERS[rng.integers(len(_NUMBERS))]).astype(array.dtype)
        if how == 0 and array.size:
            array.flat[rng.integers(array.size)] = number
        elif how == 1:
            array[...] = number
        elif how == 2 and array.dtype.kind == "f":
            array.flat[rng.integers(array.size)] = (np.nan, np.inf, -np.inf, 3e38, 1e-40)[
                rng.integers(5)
            ]
        elif how == 3:
            array = np.resize(array, tuple(rng.integers(0, 40, rng.integers(0, 5))))
        elif how == 4:
            with np.errstate(all="ignore"):
                array = array.astype(
                    ("<i8", ">i4", "|i1", "<f4", "<f8", "|b1", "<U3")[rng.integers(7)]
                )
        else:
            array = rng.integers(-128, 128, array.shape).astype(array.dtype)
        arrays[key] = array
        if rng.integers(12) == 0:
            arrays[f"extra{rng.integers(9)}"] = arrays.pop(key)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    if name == "normative.npz":
        digest = normative_hash(arrays)
        manifest.update(normative_sha256=digest, model_id=digest[:6])
    return _replaced(manifest, files, name, buffer.getvalue())


def _array_bytes(manifest: dict[str, Any], files: Files, rng: np.random.Generator) -> bytes:
    """Headers and zip structures changed anywhere."""
    name = _npz(files, rng)
    if not name:
        return _zip_bytes(manifest, files, rng)
    with np.load(io.BytesIO(files[name])) as stored:
        buffer = io.BytesIO()
        np.savez(buffer, **stored)  # not deflated, so that headers are hit
    return _replaced(manifest, files, name, mutated(buffer.getvalue(), rng))


def _zip_bytes(manifest: dict[str, Any], files: Files, rng: np.random.Generator) -> bytes:
    whole = _zipped(json.dumps(manifest).encode(), files)
    if rng.integers(2):
        return mutated(whole, rng)
    at = whole.rindex(b"PK\x01\x02", 0, -200)  # the directory and what is after it
    return whole[:at] + mutated(whole[at:], rng)


def _bomb(manifest: dict[str, Any], files: Files, rng: np.random.Generator) -> bytes:
    """One member becomes zeros, whose hash is right; or many members are added."""
    if rng.integers(2):
        extra = {f"m{i}": bytes(1 << 17) for i in range(int(rng.integers(1, 140)))}
        return _zipped(json.dumps(manifest).encode(), {**files, **extra}, 1)
    name = sorted(files)[rng.integers(len(files))]
    return _replaced(manifest, files, name, bytes(int(2 ** rng.integers(10, 26))))


def _npz(files: Files, rng: np.random.Generator) -> str:
    names = [name for name in sorted(files) if name.endswith(".npz")]
    return names[rng.integers(len(names))] if names else ""


def _replaced(manifest: dict[str, Any], files: Files, name: str, data: bytes) -> bytes:
    manifest["files"][name] = hashlib.sha256(data).hexdigest()
    return _zipped(json.dumps(manifest).encode(), {**files, name: data}, 1)


def _zipped(manifest: bytes, files: Files, level: int = 0) -> bytes:
    method = zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method, compresslevel=level or None) as archive:
        for name, data in {"manifest.json": manifest, **files}.items():
            archive.writestr(name, data)
    return buffer.getvalue()
