"""`tgc doctor` tells what is there, and for all that is not, a command."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.commands import tgc
from tfgan_codec.doctor import page, probes

HAS_TENSORFLOW = importlib.util.find_spec("tensorflow") is not None


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Examines with some packages missing, versions replaced and a report of training."""

    def examine(
        versions: dict[str, str], report: probes.Training, driver: bool = False
    ) -> dict[str, page.Line]:
        def version(name: str) -> str:
            if versions.get(name, "0") == "":
                raise metadata.PackageNotFoundError
            return versions.get(name, "9.9")

        monkeypatch.setattr(bundle_files, "places", lambda: [bundle_files.SHIPPED])
        monkeypatch.setattr(page.metadata, "version", version)
        monkeypatch.setattr(page.probes, "training", lambda: report)
        monkeypatch.setattr(page.probes, "nvidia_driver", lambda: driver)
        return {line.subject: line for line in page.examine(str(tmp_path))}

    return examine


def test_a_base_install_is_well_without_tensorflow(lines) -> None:
    found = lines({"tensorflow": ""}, probes.Training(problem="must not be asked"))
    assert found["training"].mend == 'pip install ".[train]"'
    assert found["LiteRT"].found.startswith("runs")
    assert "XNNPACK" in found["LiteRT"].found
    assert found["model"].found == "mobile"
    assert not any(found[name].mend for name in ("numpy", "pillow", "tqdm", "LiteRT"))
    assert "GPU" not in found


def test_what_is_missing_comes_with_its_cure(lines, tmp_path: Path) -> None:
    np.savez(tmp_path / "dists.npz", a=np.zeros(3, np.float32))
    absent = {"tqdm": "", "tensorflow": "2.21.0", "tf-keras": ""}
    found = lines(absent, probes.Training(problem="must not be asked"))
    assert found["tqdm"] == ("tqdm", "not installed", "pip install tqdm")
    assert found["tf-keras"].mend == 'pip install "tf-keras==2.21.*"'
    assert found["weights dists"].found.startswith("damaged in")
    assert found["weights lpips_alex"].found.startswith("not in")
    assert found["weights lpips_alex"].mend.startswith("tgc weights")
    printed = page.text(list(found.values()))
    assert re.search(r"^tqdm +not installed\n +-> pip install tqdm$", printed, re.MULTILINE)


@pytest.mark.parametrize(
    ("report", "driver", "subject", "said", "mend"),
    [
        (probes.Training("own", ("H200",)), True, "GPU", "H200", ""),
        (probes.Training("own"), True, "GPU", "there, but", 'pip install ".[gpu]"'),
        (probes.Training("own"), False, "GPU", "none found", ""),
        (probes.Training("tfc"), False, "compression", "tfc", ""),
        (probes.Training(problem="no"), False, "training", "no", 'pip install ".[train]"'),
    ],
)
def test_training(lines, report, driver: bool, subject: str, said: str, mend: str) -> None:
    line = lines({"tensorflow": "2.14.1", "tf-keras": ""}, report, driver)[subject]
    assert said in line.found
    assert line.mend == mend


def test_a_python_that_is_too_new_to_train_with(lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "NEWEST_TRAINING", (3, 8))
    line = lines({"tensorflow": ""}, probes.Training())["Python"]
    assert "too new to train with" in line.found
    assert line.mend.startswith("python3.8 -m venv")


def test_a_network_that_crashes_litert_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(b"no network")
    assert probes.delegates(broken) is None


@pytest.mark.skipif(not HAS_TENSORFLOW, reason="TensorFlow is not installed")
def test_training_is_tried_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFGAN_COMPRESSION", "own")
    assert probes.training().compression.startswith("own")
    monkeypatch.setenv("TFGAN_COMPRESSION", "other")
    assert "TFGAN_COMPRESSION is neither tfc nor own" in probes.training().problem


def test_the_page_is_printed_where_tensorflow_cannot_be_imported(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from tfgan_codec.commands import tgc\n"
        f"sys.exit(tgc.main(['tgc', 'doctor', {'--weights=' + str(tmp_path)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    for subject in ("Python", "numpy", "LiteRT", "mobile", f"not in {tmp_path}", "-> tgc weights"):
        assert subject in done.stdout


def test_it_is_a_command_of_tgc() -> None:
    assert "doctor" in tgc.COMMANDS
