"""Bundles that a stranger made, with all hashes right: they load and work, or are refused at once.

Networks are left as they are: what LiteRT makes of damaged ones is not in our hands.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import io
import json
import shutil
import warnings
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import context_models
import numpy as np
import pytest
import sample_pictures
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tfgan_codec as tgc
from tfgan_codec.bundle.layered import write_layered_bundle
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.bundle.normative import normative_hash

PICTURE = sample_pictures.pixels(40, 70)
# Of one example; what is refused takes milliseconds, and the machine may be busy.
SOON = timedelta(seconds=10)
Path_ = tuple[Any, ...]

numbers = st.one_of(
    st.integers(-(1 << 70), 1 << 70),
    st.integers(-3, 9),
    st.sampled_from([64, 1 << 20, (1 << 20) + 1, 10**6, 10**300, 0.5, -0.0, 1e308]),
    st.floats(),
)
texts = st.one_of(
    st.text(max_size=90),
    st.sampled_from(
        ["", ".", "..", "../../x", "/etc/passwd", "a\0b", "\x1b[2J", "mobile", "x" * 300]
    ),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def bundles(tiny_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A bundle of each kind."""
    folder = tmp_path_factory.mktemp("bundles")
    context_models.write_bundle(folder, Bundle.load(tiny_dir))
    write_layered_bundle(folder / "layered", name="layered", layers=[tiny_dir] * 2, info={})
    return {"single": tiny_dir, "context": folder / "bundle", "layered": folder / "layered"}


def use(folder: Path) -> bool:
    """Whether a bundle loads, codes a picture and decodes it; anything else must be a TgcError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # gains of 10^6 are more than floats bear
        try:
            codec = tgc.load(folder)
            image = codec.decompress(codec.compress(PICTURE, quality=100))
        except tgc.TgcError:
            return False
    assert image.size == (40, 70)
    return True


@contextlib.contextmanager
def copied(source: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("copy") / "bundle"
    shutil.copytree(source, folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder.parent)


def places(value: Any, path: Path_ = ()) -> list[Path_]:
    """Where something can be put into a JSON value: at every key, index and inside of each."""
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    return [path, *(place for key, child in inner for place in places(child, (*path, key)))]


def changed(manifest: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """One to three fields of a manifest missing, of another type, huge, nested, ..."""
    manifest = copy.deepcopy(manifest)
    for _ in range(data.draw(st.integers(1, 3))):
        # Not inside of `files`: hashes are always right here, or nothing else would be seen.
        found = [path for path in places(manifest) if path and path[:-1] != ("files",)]
        numeric = [path for path in found if path[-1] in ("halo", "tile", "realism")]
        if not found:
            break
        *parents, key = data.draw(st.sampled_from(found) | st.sampled_from(numeric or found))
        parent: Any = manifest
        for step in parents:
            parent = parent[step]
        if isinstance(parent, dict) and data.draw(st.integers(0, 4)) == 0:
            del parent[key]
        elif isinstance(parent, dict) and data.draw(st.integers(0, 4)) == 0:
            parent[data.draw(texts)] = parent.pop(key)
        else:
            parent[key] = data.draw(numbers | values)
    return manifest


def swap(array: np.ndarray, data: st.DataObject) -> np.ndarray:
    """An array of another type or shape, or with other values."""
    how = data.draw(st.sampled_from(["element", "fill", "type", "shape", "random"]))
    extremes = [
        0,
        1,
        -1,
        127,
        -128,
        255,
        256,
        65536,
        1 << 20,
        -(1 << 20),
        (1 << 31) - 1,
        -(1 << 31),
    ]
    if array.dtype.kind == "f":
        extremes += [np.nan, np.inf, -np.inf, 1e-30, 1e6, -1e6, 3e38]
    value = data.draw(st.sampled_from(extremes))
    if how == "type":
        kinds = ["<i8", "<u4", ">i4", "|i1", "<f4", "<f8", "<c8", "|b1", "<U3", "|S2", "<M8[s]"]
        return array.astype(data.draw(st.sampled_from(kinds)))
    if how == "shape":
        size = array.size
        shapes = [
            (),
            (0,),
            (1,),
            (size,),
            (size, 1),
            (1, 1, size, 1),
            (2, 3),
            (1,) * 9,
            (0, 5, 1, 1),
        ]
        return np.resize(array, data.draw(st.sampled_from(shapes)))
    result = array.copy()
    with np.errstate(all="ignore"):
        value = np.array(value).astype(array.dtype)
    if how == "fill":
        result[...] = value
    elif how == "element":
        result.flat[data.draw(st.integers(0, array.size - 1))] = value
    else:
        seed = np.random.default_rng(data.draw(st.integers(0, 99)))
        result[...] = seed.integers(-128, 128, array.shape).astype(array.dtype)
    return result


def rewrite_arrays(folder: Path, name: str, arrays: dict[str, np.ndarray]) -> None:
    """Stores arrays and makes every hash true again."""
    np.savez(folder / name, **arrays)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    if name == "normative.npz":
        digest = normative_hash(arrays)
        manifest.update(normative_sha256=digest, model_id=digest[:6])
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("kind", ["single", "context", "layered"])
def test_unchanged(bundles: dict[str, Path], kind: str) -> None:
    assert use(bundles[kind])


@pytest.mark.parametrize(("kind", "count"), [("single", 400), ("context", 60), ("layered", 60)])
def test_manifests(bundles, kind: str, count: int, tmp_path_factory) -> None:
    with copied(bundles[kind], tmp_path_factory) as folder:
        original = json.loads((folder / "manifest.json").read_text())
        for decoder in original.get("networks", {}).get("synthesis", []):
            decoder["tile"] = 0  # any size, as by default

        @settings(max_examples=count, deadline=SOON, suppress_health_check=list(HealthCheck))
        @given(st.data())
        def check(data: st.DataObject) -> None:
            text = json.dumps(changed(original, data))
            (folder / "manifest.json").write_text(text, encoding="utf-8")
            use(folder)

        check()


@pytest.mark.parametrize(("kind", "count"), [("single", 200), ("context", 60)])
@pytest.mark.parametrize("name", ["normative.npz", "gains.npz"])
def test_arrays(bundles, kind: str, count: int, name: str, tmp_path_factory) -> None:
    with copied(bundles[kind], tmp_path_factory) as folder:
        with np.load(folder / name) as stored:
            original = dict(stored)

        @settings(max_examples=count, deadline=SOON, suppress_health_check=list(HealthCheck))
        @given(st.data())
        def check(data: st.DataObject) -> None:
            arrays = dict(original)
            for _ in range(data.draw(st.integers(1, 2))):
                key = data.draw(st.sampled_from(sorted(original)))
                if data.draw(st.integers(0, 9)):
                    with np.errstate(all="ignore"), contextlib.suppress(ValueError):
                        arrays[key] = swap(original[key], data)
                else:
                    arrays.pop(key, None)
            rewrite_arrays(folder, name, arrays)
            use(folder)

        check()


@settings(max_examples=100, deadline=SOON, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_bytes_of_arrays(bundles, tmp_path_factory, data: st.DataObject) -> None:
    """Headers and zip structures changed anywhere, the file's hash made true."""
    with copied(bundles["single"], tmp_path_factory) as folder:
        name = data.draw(st.sampled_from(["normative.npz", "gains.npz"]))
        with np.load(folder / name) as stored:
            buffer = io.BytesIO()
            np.savez(buffer, **stored)  # not deflated, so that headers are hit
        damaged = bytearray(buffer.getvalue())
        for _ in range(data.draw(st.integers(1, 3))):
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
        (folder / name).write_bytes(damaged)
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["files"][name] = hashlib.sha256(damaged).hexdigest()
        (folder / "manifest.json").write_text(json.dumps(manifest))
        use(folder)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (256, 1099511627776), }",
        "{'descr': 'O', 'fortran_order': False, 'shape': (256, 12), }",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (256, 12), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 12), }",
        "{'descr': '<f4'",
        "(" * 5000,
    ],
)
def test_headers_of_arrays(bundles, header: str, tmp_path_factory) -> None:
    """Four terabytes are not asked for, objects not made."""
    with copied(bundles["single"], tmp_path_factory) as folder:
        text = header.ljust(118).encode() + b"\n"
        array = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(256 * 12 * 4)
        with zipfile.ZipFile(folder / "gains.npz", "w") as archive:
            for name in ("gain", "inverse_gain"):
                archive.writestr(f"{name}.npy", array)
        manifest = json.loads((folder / "manifest.json").read_text())
        digest = hashlib.sha256((folder / "gains.npz").read_bytes()).hexdigest()
        manifest["files"]["gains.npz"] = digest
        (folder / "manifest.json").write_text(json.dumps(manifest))
        assert not use(folder)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"format": ' + "9" * 5000 + "}", '{"a": NaN}', "\0"]
)
def test_json_that_breaks_parsers(bundles, text: str, tmp_path_factory) -> None:
    with copied(bundles["single"], tmp_path_factory) as folder:
        (folder / "manifest.json").write_text(text)
        assert not use(folder)
