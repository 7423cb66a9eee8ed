"""Decoders of the same files, compared."""

import json
from pathlib import Path

import pytest

pytest.importorskip("tensorflow")

from apps import bench as bench_app
from tfgan_codec.deploy import decoders
from tfgan_codec.deploy.settings import Settings


@pytest.fixture(scope="module")
def int8_bundle(small_bundle, photographs: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("int8") / "mobile-int8"
    settings = Settings("int8", calibration=str(photographs), tile=128, steps=2)
    decoders.export(str(small_bundle.folder), str(folder), settings)
    return folder


def run(photographs: Path, out: Path, *decoders: Path) -> int:
    names = ",".join(map(str, decoders))
    picture = photographs / "0.png"
    return bench_app.main(
        ["bench", f"--decoders={names}", f"--data={picture}", f"--out={out}", "--sheet_bpp=4"]
    )


def test_decoders_are_compared(small_bundle, int8_bundle, photographs, tmp_path, capsys):
    decoders = (small_bundle.folder, int8_bundle, "random:mobile")
    assert run(photographs, tmp_path, *decoders) == 0
    printed = capsys.readouterr().out
    assert "mobile-int8" in printed
    found = json.loads((tmp_path / "decoders.json").read_text())["decoders"]
    reference, int8, random = found
    assert int8["params"] == pytest.approx(reference["params"], rel=0.02)
    assert random["params"] == pytest.approx(1_881_644, rel=0.002)
    assert random["kmac_per_pixel"] == pytest.approx(29.9, abs=0.1)
    assert random["psnr"] is None
    told = (tmp_path / "README.md").read_text()
    assert "    python -m apps.bench --decoders=" in told
    assert told.count("\n| ") == 2 + len(found)
    assert int8["psnr"] is not None
    assert int8["psnr_to_first"] > 15
    assert all(row["ms_per_mp_1_thread"] > 0 for row in found)
    # A decoder of a few channels: mostly the interpreter itself.
    assert reference["peak_mb"] is None or 20 < reference["peak_mb"] < 400


def test_files_of_other_models_are_refused(small_bundle, tiny_dir, photographs, tmp_path, capsys):
    assert run(photographs, tmp_path, small_bundle.folder, tiny_dir) == 1
    assert "only decoders of the same files" in capsys.readouterr().err


def test_no_bundle_at_all(photographs, tmp_path, capsys):
    assert run(photographs, tmp_path, "random:mobile") == 1
    assert "name at least one bundle" in capsys.readouterr().err
