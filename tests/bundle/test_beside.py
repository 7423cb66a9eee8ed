"""Tests of bundles with int8 decoders beside the float ones: which are used, and what they lose."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import sample_pictures

import tfgan_codec as tgc
from export import beside
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.bundle.model import FLOAT, INT8, Bundle
from tfgan_codec.bundle.writing import write_bundle
from tfgan_codec.metrics.lpips import Lpips
from tfgan_codec.metrics.psnr import psnr
from tfgan_codec.pictures import reading


@pytest.fixture(scope="module")
def other(tiny: tgc.Codec, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that shows other pictures: its decoders get latents of other scales."""
    folder = tmp_path_factory.mktemp("other") / "bundle"
    bundle = tiny.bundle
    scale = np.linspace(0.5, 2, bundle.channels, dtype=np.float32)
    write_bundle(
        folder,
        name="other",
        networks={kind: bundle.part(kind) for kind in bundle.kinds if kind != "synthesis"},
        synthesis={each: bundle.part("synthesis", each) for each in bundle.realisms},
        z_tables=bundle.z_tables,
        y_tables=bundle.y_tables,
        scale_decoder=bundle.scale_decoder,
        gain=bundle.gain,
        inverse_gain=bundle.inverse_gain * scale,
        info={},
    )
    return folder


@pytest.fixture(scope="module")
def both(tiny_dir: Path, other: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny bundle, with the decoders of the other as its int8 ones."""
    folder = tmp_path_factory.mktemp("both") / "bundle"
    shutil.copytree(tiny_dir, folder)
    assert beside.main(["program", str(other), str(folder)]) == 0
    return folder


def test_each_form_is_that_of_its_own_bundle(tiny: tgc.Codec, other: Path, both: Path) -> None:
    blob = tiny.compress(sample_pictures.image(120, 80), quality=100)
    for realism in tiny.bundle.realisms:
        exact, integers = (
            np.asarray(codec.decompress(blob, realism)) for codec in (tiny, tgc.load(other))
        )
        assert not np.array_equal(exact, integers)
        found = {
            decoder: np.asarray(tgc.load(both, decoder=decoder).decompress(blob, realism))
            for decoder in (FLOAT, INT8)
        }
        assert np.array_equal(found[FLOAT], exact)
        assert np.abs(found[INT8].astype(int) - integers).max() <= 1
    assert np.array_equal(np.asarray(tgc.load(both).decompress(blob)), found[INT8])
    for decoder, expected in found.items():
        assert np.array_equal(tgc.decompress(blob, 1.0, both, decoder=decoder), expected)


def test_other_files_stay_as_they_are(tiny_dir: Path, both: Path) -> None:
    for path in tiny_dir.iterdir():
        if path.name != "manifest.json":
            assert (both / path.name).read_bytes() == path.read_bytes()
    assert Bundle.load(both).decoder == FLOAT  # what training and evaluation see
    assert tgc.load(tiny_dir).bundle.decoder == FLOAT  # there is no other


def test_a_scale_that_does_not_fit_is_refused(both: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    shutil.copytree(both, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    entries = manifest["networks"]["synthesis"]
    for change in ({"scale": "gains.npz"}, {"file": "none.tflite"}, {"scale": "none.npz"}):
        entries[0]["int8"] = {**entries[1]["int8"], **change}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(tgc.BundleError):
            tgc.load(folder)


def test_decoders_of_another_model_are_refused(both: Path) -> None:
    assert beside.main(["program", "mobile", str(both)]) == 1


def test_of_shipped_bundles_what_is_used_is_read(
    tiny: tgc.Codec, both: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file is told when it is used; of bundles from elsewhere it is at once."""
    blob = tiny.compress(sample_pictures.image(60, 40), quality=100)
    shutil.copytree(both, tmp_path / "both")
    damaged = tmp_path / "both" / "synthesis-0.tflite"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    with pytest.raises(tgc.BundleError, match="synthesis-0.tflite is damaged"):
        tgc.load(tmp_path / "both")
    monkeypatch.setattr(bundle_files, "places", lambda: [tmp_path])
    assert tgc.load("both").decompress(blob, 0.0).size == (60, 40)
    assert tgc.load("both", decoder=FLOAT).decompress(blob, 1.0).size == (60, 40)
    with pytest.raises(tgc.BundleError, match="synthesis-0.tflite is damaged"):
        tgc.load("both", decoder=FLOAT).decompress(blob, 0.0)
    with pytest.raises(tgc.BundleError, match="synthesis-0.tflite is damaged"):
        Bundle.load("both")


def test_decoders_have_two_names(both: Path) -> None:
    with pytest.raises(tgc.UsageError, match="int8 or float"):
        tgc.load(both, decoder="int4")


def test_the_shipped_bundle_has_both_in_16_megabytes() -> None:
    bundle = tgc.load("mobile").bundle
    assert bundle.decoder == INT8
    folder = Path(tgc.__file__).parent / "bundles" / "mobile"
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 16e6


@pytest.mark.slow
def test_what_the_shipped_int8_decoders_lose(shared_dir: Path) -> None:
    """At 0.1 bits per pixel, on pictures that nothing was trained or calibrated with."""
    pictures = sorted((shared_dir / "data" / "val").glob("*.jpg"))
    if not pictures:
        pytest.skip("the validation pictures are not in ../shared/data/val")
    exact, integers = (tgc.load("mobile", decoder=decoder) for decoder in (FLOAT, INT8))
    distance = Lpips(folder=str(shared_dir / "weights"))
    lost, worse = [], []
    for path in pictures:
        rgb = reading.read(path).rgb
        blob = exact.compress(rgb, bpp=0.1)
        faithful = [np.asarray(codec.decompress(blob, 0.0)) for codec in (exact, integers)]
        realistic = [np.asarray(codec.decompress(blob, 1.0)) for codec in (exact, integers)]
        lost.append(psnr(rgb, faithful[0]) - psnr(rgb, faithful[1]))
        worse.append(distance(rgb, realistic[1]) - distance(rgb, realistic[0]))
    assert np.mean(lost) <= 0.06
    assert np.mean(worse) <= 0.003
