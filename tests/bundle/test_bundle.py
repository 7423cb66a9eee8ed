"""Tests of model bundles: loading from every place, and every way in which one can be broken."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from edited import edit_manifest

from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle.files import find_shipped
from tfgan_codec.bundle.model import Bundle, BundlePart
from tfgan_codec.bundle.normative import normative_hash
from tfgan_codec.bundle.writing import write_bundle
from tfgan_codec.codec import load
from tfgan_codec.errors import BundleError, UsageError


@pytest.fixture
def folder(tiny_dir: Path, tmp_path: Path) -> Path:
    """A copy of the bundle, to be broken."""
    return shutil.copytree(tiny_dir, tmp_path / "tiny")


@pytest.fixture
def shipped(tiny_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shipped bundles, with the tiny one in it."""
    root = tmp_path / "bundles"
    shutil.copytree(tiny_dir, root / "tiny")
    monkeypatch.setattr(bundle_files, "places", lambda: [root])
    return root


def edit_arrays(folder: Path, name: str, **changes: np.ndarray) -> None:
    """Changes arrays and makes every hash true again, as a buggy exporter would."""
    with np.load(folder / name) as arrays:
        changed = {**arrays, **changes}
    np.savez(folder / name, **changed)
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    edit_manifest(folder, lambda m: m["files"].update({name: digest}))
    if name == "normative.npz":
        normative = normative_hash(changed)
        edit_manifest(
            folder, lambda m: m.update(normative_sha256=normative, model_id=normative[:6])
        )


def test_load(tiny_dir: Path) -> None:
    tiny = Bundle.load(tiny_dir)
    assert tiny.name == "tiny"
    assert tiny.realisms == (0.0, 1.0)
    assert (tiny.channels, tiny.hyper_channels) == (12, 4)
    assert tiny.gain.shape == tiny.inverse_gain.shape == (256, 12)
    assert len(tiny.model_id) == 3
    assert tiny.info == {"made_by": "tests/data/make_tiny_bundle.py"}


def test_load_zip(tiny_dir: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "other"), "zip", tiny_dir)
    assert Bundle.load(archive).model_id == Bundle.load(tiny_dir).model_id


def test_shipped_by_name(shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "tiny").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert Bundle.load("tiny").name == "tiny"  # not the empty folder of the same name
    with pytest.raises(BundleError, match=r"manifest.json is missing"):
        Bundle.load("./tiny")
    shutil.make_archive(str(shipped / "zipped"), "zip", shipped / "tiny")
    assert Bundle.load("zipped").name == "tiny"
    with pytest.raises(BundleError, match=r"no model 'large'.*one of: tiny, zipped"):
        Bundle.load("large")


def test_find_shipped(shipped: Path) -> None:
    model_id = Bundle.load("tiny").model_id
    (shipped / "a-broken-one.zip").write_bytes(b"PK")
    (shipped / "a-stray-file.txt").touch()
    assert find_shipped(model_id) == shipped / "tiny"
    assert find_shipped(b"\0\0\0") is None
    shutil.rmtree(shipped)
    assert find_shipped(model_id) is None


def test_a_package_of_further_bundles(
    tiny_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its models are found like those that come along, which win where names are the same."""
    package = tmp_path / "tfgan_codec_models"
    for name in ("further", "mobile"):
        shutil.copytree(tiny_dir, package / name)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "tfgan_codec_models", raising=False)
    own, further = bundle_files.places()
    assert (own, further) == (bundle_files.SHIPPED, package)
    assert bundle_files.locate("further") == package / "further"
    assert bundle_files.locate("mobile") == bundle_files.SHIPPED / "mobile"
    assert bundle_files.shipped()[-2:] == [package / "further", package / "mobile"]
    assert find_shipped(Bundle.load(tiny_dir).model_id) == package / "further"


@pytest.mark.parametrize("name", ["", ".", "..", "no/such/bundle", "/", "\0"])
def test_no_such_bundle(name: str) -> None:
    with pytest.raises(BundleError):
        Bundle.load(name)


def test_every_file_is_checked(folder: Path) -> None:
    for path in folder.iterdir():
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        with pytest.raises(BundleError) as caught:
            Bundle.load(folder)
        if path.suffix != ".json":
            assert f"{path.name} is damaged" in str(caught.value)
        path.unlink()
        with pytest.raises(BundleError, match=f"{path.name} is missing"):
            Bundle.load(folder)
        path.write_bytes(data)
    Bundle.load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "a bundle in layers cannot be used here"),
        ({"format": 3}, "bundle format is 3, expected 1"),
        ({"format": 4}, "bundle format 4 is not supported"),
        ({"model_id": "000000"}, "model_id is 000000, expected"),
        ({"normative_sha256": "0" * 64}, "does not match its hash"),
        ({"latent_channels": 13}, "latent_channels is 13, expected 12"),
        ({"hyper_channels": 5}, "hyper_channels is 5, expected 4"),
        ({"stride": 8}, "stride is 8, expected 16"),
        ({"hyper_stride": 2}, "hyper_stride is 2, expected 4"),
        ({"stride": "16"}, "stride of the manifest is 16, which cannot be"),
        ({"format": True}, "format of the manifest is True, which cannot be"),
        ({"name": "../../x"}, "'../../x' is not a plain name"),
        ({"name": "a\nb\x1b[2J"}, r"'a\\nb\\x1b\[2J' is not a plain name"),
        ({"name": "x" * 65}, "is not a plain name"),
        ({"name": ""}, "is not a plain name"),
        ({"name": "-q"}, "is not a plain name"),
        ({"name": 7}, "name of the manifest is 7, which cannot be"),
        ({"files": {"../../secret": "0"}}, "not a plain name"),
        ({"files": {}}, "normative.npz is missing from files"),
        ({"files": dict.fromkeys(map(str, range(65)), "")}, "at most 64 files, not 65"),
        ({"files": None}, "files of the manifest is not a JSON object"),
        ({"files": ["normative.npz"]}, "files of the manifest is not a JSON object"),
        ({"networks": {}}, "analysis of networks of the manifest is not a JSON object"),
        ({"networks": {"analysis": {}}}, "file of analysis of networks of the manifest is missing"),
        ({"networks": None}, "networks of the manifest is not a JSON object"),
        ({"info": None}, "info of the manifest is not a JSON object"),
    ],
)
def test_bad_manifest(folder: Path, change: dict[str, Any], message: str) -> None:
    edit_manifest(folder, lambda m: m.update(change))
    with pytest.raises(BundleError, match=message):
        Bundle.load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"halo": -3, "tile": 2}, r"halo of .* is -3, outside 0\.\.1048576"),
        ({"halo": 1 << 40}, "halo of .* is 1099511627776, outside"),
        ({"halo": "1"}, "halo of .* is 1, which cannot be"),
        ({"halo": True}, "halo of .* is True, which cannot be"),
        ({"halo": 1.0}, "halo of .* is 1.0, which cannot be"),
        ({"halo": None}, "halo of .* is missing"),
        ({"tile": 2}, "a halo of 1 takes all of a tile of 2"),
        ({"tile": 10**6}, r"tile of .* is 1000000, outside 0\.\.256"),
        ({"tile": -1}, "tile of .* is -1, outside"),
        ({"realism": 2}, r"realism of .* is 2, outside 0\.\.1"),
        ({"realism": -0.5}, "realism of .* is -0.5, outside"),
        ({"realism": math.nan}, "realism of .* is nan, outside"),
        ({"realism": "1"}, "realism of .* is 1, which cannot be"),
        ({"realism": 1.0}, "two decoders of realism 1"),
        ({"file": "nothing.tflite"}, "nothing.tflite, the synthesis network, is missing"),
        ({"file": ["a"]}, r"file of .* is \['a'\], which cannot be"),
    ],
)
def test_bad_network(folder: Path, change: dict[str, Any], message: str) -> None:
    edit_manifest(folder, lambda m: m["networks"]["synthesis"][0].update(change))
    with pytest.raises(BundleError, match=message):
        Bundle.load(folder)


@pytest.mark.parametrize(("change", "message"), [([], "is missing"), ({}, "cannot be")])
def test_bad_networks(folder: Path, change: object, message: str) -> None:
    edit_manifest(folder, lambda m: m["networks"].update(synthesis=change))
    with pytest.raises(BundleError, match=message):
        Bundle.load(folder)


def test_a_tile_that_is_not_the_networks(folder: Path) -> None:
    """The network was stored at 4x4 cells; what it takes is its own, not what the manifest says."""
    edit_manifest(folder, lambda m: m["networks"]["synthesis"][0].update(tile=256))
    with pytest.raises(BundleError, match=r"takes \(4, 4\) positions, its tile is 256"):
        Bundle.load(folder).network("synthesis")
    edit_manifest(folder, lambda m: m["networks"]["synthesis"][0].update(tile=4))
    assert Bundle.load(folder).network("synthesis")(np.zeros([1, 9, 12])).shape == (16, 144, 3)


def test_messages_repeat_little_of_a_strangers_file(folder: Path) -> None:
    """On one line, without what moves a terminal's cursor, however much there is."""
    foreign = "\x1b[31m\u202e\n" + "x" * 100_000
    changes = [{key: foreign} for key in ("name", "model_id", "format", "stride")]
    for change in [*changes, {"files": {foreign: ""}}, {"format": [foreign]}]:
        edit_manifest(folder, lambda m, change=change: m.update(change))
        with pytest.raises(BundleError) as caught:
            Bundle.load(folder)
        message = str(caught.value)
        assert message.isprintable()
        assert len(message) < len(str(folder)) + 200


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    (folder / "mean.tflite").unlink()
    os.mkfifo(folder / "mean.tflite")
    with pytest.raises(BundleError, match="mean.tflite is missing"):
        Bundle.load(folder)


@pytest.mark.parametrize(
    "key", ["format", "name", "model_id", "normative_sha256", "files", "networks", "info", "stride"]
)
def test_manifest_without(folder: Path, key: str) -> None:
    edit_manifest(folder, lambda m: m.pop(key))
    with pytest.raises(BundleError, match=f"{key} of the manifest is (missing|not a JSON object)"):
        Bundle.load(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 1}', "\ufffe"])
def test_manifest_that_is_none(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    with pytest.raises(BundleError):
        Bundle.load(folder)


def test_not_a_bundle(tmp_path: Path) -> None:
    path = tmp_path / "picture.zip"
    path.write_bytes(b"not a zip file")
    with pytest.raises(BundleError, match="not a valid bundle"):
        Bundle.load(path)
    with pytest.raises(BundleError, match="manifest.json is missing"):
        Bundle.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("gains.npz", {"gain": np.ones([64, 12], np.float32)}, r"gain is \(64, 12\)"),
        ("gains.npz", {"inverse_gain": np.ones([256, 3], np.float32)}, "inverse_gain is"),
        ("normative.npz", {"y_cdf": np.zeros([64, 9], np.int32)}, "length does not fit"),
        (
            "gains.npz",
            {"gain": np.ones([256, 12], np.int32)},
            r"gain is int32 \(256, 12\), expected float32",
        ),
        ("gains.npz", {"gain": np.float32(1)}, r"gain is float32 \(\), expected .* 2 axes"),
        ("gains.npz", {"gain": np.full([256, 12], np.nan, np.float32)}, "not within"),
        ("gains.npz", {"inverse_gain": np.full([256, 12], np.inf, np.float32)}, "not within"),
        ("gains.npz", {"inverse_gain": np.full([256, 12], -2e6, np.float32)}, "not within"),
        ("gains.npz", {"gain": np.full([256, 12], "x")}, "array gain has no header of"),
        ("normative.npz", {"z_offset": np.zeros(4)}, "z_offset has no header of an int8,"),
        ("normative.npz", {"z_offset": np.zeros(4, np.float32)}, "z_offset is float32"),
        ("normative.npz", {"z_offset": np.zeros(3, np.int32)}, "inconsistent shapes"),
        ("normative.npz", {"scale0_params": np.zeros(2, np.int32)}, "has 2 numbers, expected 3"),
        ("normative.npz", {"scale1_params": np.int32([8, 99, 2])}, "maximum is 99"),
        ("normative.npz", {"scale1_params": np.int32([8, 63, 1])}, "output is 48"),
        ("normative.npz", {"scale0_bias": np.full(16, 1 << 21, np.int32)}, "may reach"),
        ("normative.npz", {"scale0_kernel": np.zeros([3, 3], np.int8)}, "expected int8 or int32"),
        ("normative.npz", {"extra": np.zeros(4, np.int8)}, "the array extra is not known"),
        ("normative.npz", {"context_axes": np.arange(3, dtype=np.int32)}, "context_axes is not"),
        ("gains.npz", {"z_cdf": np.zeros([1, 2], np.int32)}, "the array z_cdf is not known"),
        ("normative.npz", {"scale0_kernel": np.zeros([95, 95, 4, 16], np.int8)}, "36100 weights"),
    ],
)
def test_bad_arrays(folder: Path, name: str, changes: dict[str, np.ndarray], message: str) -> None:
    edit_arrays(folder, name, **changes)
    with pytest.raises(BundleError, match=message):
        Bundle.load(folder)


def test_no_pickles(folder: Path) -> None:
    """Loading a bundle must not run code from it."""
    edit_arrays(folder, "gains.npz", gain=np.array([{"a": 1}], object))
    with pytest.raises(BundleError, match="the array gain has no header of"):
        Bundle.load(folder)


def test_normative_hash() -> None:
    """The example of docs/format.md."""
    arrays = {"b": np.array([[1, -2]], np.int32), "a": np.array([7], np.int8)}
    canonical = b"a\0|i1\0001\0\x07" + b"b\0<i4\0001,2\0" + b"\1\0\0\0\xfe\xff\xff\xff"
    expected = hashlib.sha256(canonical).hexdigest()
    assert normative_hash(arrays) == expected
    big_endian = {**arrays, "b": arrays["b"].astype(">i4")}
    assert normative_hash(big_endian) == expected
    fortran = {**arrays, "b": np.asfortranarray(arrays["b"])}
    assert normative_hash(fortran) == expected


def test_write_again(tiny_dir: Path, tmp_path: Path) -> None:
    """A bundle written from what was loaded is the same."""
    tiny = Bundle.load(tiny_dir)
    parts = {
        kind: BundlePart((tiny_dir / f"{kind}.tflite").read_bytes(), 0 if kind == "analysis" else 1)
        for kind in ("analysis", "hyper_analysis", "mean")
    }
    synthesis = {
        r: BundlePart((tiny_dir / f"synthesis-{r:g}.tflite").read_bytes(), 1) for r in (0.0, 1.0)
    }
    written = write_bundle(
        tmp_path / "new" / "tiny",
        name="tiny",
        networks=parts,
        synthesis=synthesis,
        z_tables=tiny.z_tables,
        y_tables=tiny.y_tables,
        scale_decoder=tiny.scale_decoder,
        gain=tiny.gain,
        inverse_gain=tiny.inverse_gain,
        info=tiny.info,
    )
    assert written.model_id == tiny.model_id
    for name in ("normative.npz", "gains.npz"):
        with np.load(tmp_path / "new" / "tiny" / name) as new, np.load(tiny_dir / name) as old:
            assert normative_hash(new) == normative_hash(old)
    manifest = json.loads((tmp_path / "new" / "tiny" / "manifest.json").read_text())
    original = json.loads((tiny_dir / "manifest.json").read_text())
    assert manifest["networks"] == original["networks"]


def test_decoders_by_realism(tiny_dir: Path) -> None:
    tiny = Bundle.load(tiny_dir)
    y = np.random.default_rng(0).normal(0, 3, [2, 2, 12])
    faithful, realistic = (tiny.network("synthesis", r)(y) for r in (0, 1))
    assert faithful.shape == realistic.shape == (32, 32, 3)
    assert not np.array_equal(faithful, realistic)
    with pytest.raises(UsageError, match="no decoder of realism 0.5; it has: 0, 1"):
        tiny.network("synthesis", 0.5)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "tiny/analysis cannot be run"),
        ("mean.tflite", r"tiny/analysis has \(4, 12\) channels"),
    ],
)
def test_network_that_does_not_fit(folder: Path, source: str | None, message: str) -> None:
    data = (folder / source).read_bytes() if source else b"not a network"
    (folder / "analysis.tflite").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    edit_manifest(folder, lambda m: m["files"].update({"analysis.tflite": digest}))
    tiny = Bundle.load(folder)
    with pytest.raises(BundleError, match=message):
        tiny.network("analysis")


def test_networks_are_silent(tiny_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Bundle.load(tiny_dir).network("mean")(np.zeros([2, 3, 4]))
    assert capfd.readouterr() == ("", "")


def test_pinned_by_hash(tiny_dir: Path, folder: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256((tiny_dir / "manifest.json").read_bytes()).hexdigest()
    assert bundle_files.digest(tiny_dir) == digest
    assert load(tiny_dir, sha256=digest.upper()).bundle.name == "tiny"
    archive = shutil.make_archive(str(tmp_path / "other"), "zip", tiny_dir)
    assert load(archive, sha256=digest).bundle.name == "tiny"
    for wrong in ("", "0" * 64, digest[:-1]):
        with pytest.raises(BundleError, match=f"hash is {digest}, not {wrong}"):
            load(tiny_dir, sha256=wrong)
    (folder / "synthesis-0.tflite").write_bytes((folder / "synthesis-1.tflite").read_bytes())
    fake = hashlib.sha256((folder / "synthesis-0.tflite").read_bytes()).hexdigest()
    edit_manifest(folder, lambda m: m["files"].update({"synthesis-0.tflite": fake}))
    load(folder)  # its hashes are right, for whoever made it
    with pytest.raises(BundleError, match="it is another one"):
        load(folder, sha256=digest)


def test_errors_are_short_and_plain(folder: Path) -> None:
    """A manifest and a name of thousands of characters with escape sequences."""
    evil = "\x1b[2J\n" * 900
    for edit in (
        lambda m: m.update(name=evil),
        lambda m: m.update(model_id=evil),
        lambda m: m.update(latent_channels=evil),
        lambda m: m["files"].update({evil: "x"}),
        lambda m: m["networks"]["mean"].update(file=evil),
        lambda m: m.update(format=evil),
    ):
        original = (folder / "manifest.json").read_bytes()
        edit_manifest(folder, edit)
        with pytest.raises(BundleError) as caught:
            load(folder)
        assert len(str(caught.value)) < 500
        assert str(caught.value).isprintable()
        (folder / "manifest.json").write_bytes(original)
    with pytest.raises(BundleError) as caught:
        load(evil)
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()


def test_manifests_that_are_too_long(folder: Path) -> None:
    edit_manifest(folder, lambda m: m["info"].update(text="x" * (1 << 20)))
    with pytest.raises(BundleError, match="manifest.json has more than 1048576 bytes"):
        load(folder)
    (folder / "manifest.json").write_text('{"format": ' + "9" * 1_000_000 + "}")
    with pytest.raises(BundleError, match="a number of 1000000 digits"):
        load(folder)


def test_too_many_channels(tiny_dir: Path, folder: Path) -> None:
    wide = np.ones((256, 1025), np.float32)
    edit_arrays(folder, "gains.npz", gain=wide, inverse_gain=wide)
    with pytest.raises(BundleError, match="more than 1024 channels"):
        load(folder)
