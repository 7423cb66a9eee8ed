"""Tests of what builds the page; the page itself is tested with `make test-web`."""

from __future__ import annotations

import hashlib
import importlib
import json
from pathlib import Path

import numpy as np
import pytest

from export.web import decoders, site
from tfgan_codec.bundle.arrays import load_arrays, save_arrays
from tfgan_codec.bundle.model import Bundle

program = importlib.import_module("export.web.__main__")


@pytest.fixture(autouse=True)
def without_litert(monkeypatch: pytest.MonkeyPatch) -> None:
    """LiteRT.js comes from npm, which these tests do without."""
    monkeypatch.setattr(site, "_litert", lambda: {"litert-core.js": b"// LiteRT"})


def test_a_site_is_a_codec_a_page_and_a_model(
    tiny_dir: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert program.main(["web", f"--model={tiny_dir}", f"--out={tmp_path}"]) == 0
    paths = [path for path in tmp_path.rglob("*") if path.is_file()]
    listed = json.loads((tmp_path / "files.js").read_text().split(" = ")[1].rstrip(";\n"))
    sizes = {path.relative_to(tmp_path).as_posix(): path.stat().st_size for path in paths}
    del sizes["files.js"]
    assert listed["files"] == sizes
    assert {"index.html", "sw.js", "tgc-sw.js", "tgc/tgc.js", "tgc/tgc-img.js"} <= sizes.keys()
    assert (
        capfd.readouterr().out == f"{tmp_path}: {len(sizes)} files, {sum(sizes.values())} bytes\n"
    )
    assert Bundle.load(tmp_path / "tgc" / "model").model_id == Bundle.load(tiny_dir).model_id


def test_the_version_of_a_site_follows_its_files(
    tiny_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Browsers keep a site by its version: other files must not go by the same one."""
    texts = []
    for content in (b"// LiteRT", b"// LiteRT", b"// another"):
        monkeypatch.setattr(site, "_litert", lambda content=content: {"litert-core.js": content})
        site.build(str(tiny_dir), tmp_path)
        texts.append((tmp_path / "files.js").read_text())
    assert texts[0] == texts[1]
    versions = [json.loads(text.split(" = ")[1].rstrip(";\n"))["version"] for text in texts]
    assert versions[0] != versions[2]


def test_only_a_site_is_replaced(tiny_dir: Path, tmp_path: Path, capfd) -> None:
    (tmp_path / "index.html").write_text("mine")
    arguments = ["web", f"--model={tiny_dir}", f"--out={tmp_path}"]
    assert program.main(arguments) == 1
    assert "is not a site of export.web; write there with --overwrite" in capfd.readouterr().err
    assert (tmp_path / "index.html").read_text() == "mine"
    assert program.main([*arguments, "--overwrite"]) == 0
    (tmp_path / "tgc" / "model" / "old.tflite").touch()
    assert program.main(arguments) == 0
    assert not (tmp_path / "tgc" / "model" / "old.tflite").exists()


def test_decoders_in_integers_take_the_place_of_the_others(tiny_dir: Path, tmp_path: Path) -> None:
    """The scale of their latents goes into the inverse gain, which is exact for 2."""
    files = {path.name: path.read_bytes() for path in tiny_dir.iterdir()}
    manifest = json.loads(files["manifest.json"])
    gains = load_arrays(files, "gains.npz")
    scale = np.ones(gains["inverse_gain"].shape[1], np.float32)
    scale[1] = 2
    added = {"scale.npz": save_arrays({"scale": scale})}
    for decoder in manifest["networks"]["synthesis"]:
        name = f"int8-{decoder['file']}"
        added[name] = files[decoder["file"]]
        decoder["int8"] = {"file": name, "scale": "scale.npz"}
    for name, content in added.items():
        manifest["files"][name] = hashlib.sha256(content).hexdigest()
    found = decoders.smallest({**files, **added, "manifest.json": json.dumps(manifest).encode()})
    assert sorted(found) == [
        "analysis.tflite",
        "gains.npz",
        "hyper_analysis.tflite",
        "int8-synthesis-0.tflite",
        "int8-synthesis-1.tflite",
        "manifest.json",
        "mean.tflite",
        "normative.npz",
    ]
    changed = load_arrays(found, "gains.npz")["inverse_gain"] / gains["inverse_gain"]
    assert np.array_equal(changed, np.broadcast_to(scale, changed.shape))
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    assert Bundle.load(tmp_path).realisms == (0.0, 1.0)


def test_a_model_without_them_stays_as_it_is(tiny_dir: Path) -> None:
    files = {path.name: path.read_bytes() for path in tiny_dir.iterdir()}
    assert decoders.smallest(files) == files
