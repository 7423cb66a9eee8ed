"""The models that ship, each as its users meet it."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tfgan_codec as tgc
from tfgan_codec.bundle import files as bundle_files
from tfgan_codec.commands import info
from tfgan_codec.description import of_model

GOLDEN = sorted((Path(__file__).parent / "data" / "models").glob("*.tgc"))
LARGEST, LARGEST_TOGETHER = 4e6, 20e6  # bytes of the second wheel's models

if importlib.util.find_spec("tfgan_codec_models") is None:
    pytest.skip(
        "tfgan_codec_models is not installed: pip install ./models", allow_module_level=True
    )


@pytest.fixture(scope="module")
def shipped() -> dict[str, dict]:
    """What `tgc models` says of each model, all of whose files are checked."""
    return {path.stem: of_model(path) for path in bundle_files.shipped()}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_files_decode_alike_for_ever_and_without_a_model_named(path: Path) -> None:
    image = tgc.decompress(path.read_bytes(), realism=0)
    with Image.open(path.with_suffix(".png")) as expected:
        assert (image.mode, image.size) == (expected.mode, expected.size)
        assert np.abs(np.asarray(image).astype(int) - np.asarray(expected)).max() <= 1


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_files_tell_their_model(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert info.main(["info", str(path)]) == 0
    name, _, model_id = path.stem.rpartition("-")
    facts = json.loads(capsys.readouterr().out)
    assert (facts["model"], facts["model_id"]) == (name, model_id)


def test_each_model_has_a_golden_file(shipped: dict[str, dict]) -> None:
    kept = {path.stem for path in GOLDEN}
    assert kept >= {f"{name}-{facts['model_id']}" for name, facts in shipped.items()}


def test_the_second_wheel_is_small(shipped: dict[str, dict]) -> None:
    sizes = [facts["bytes"] for name, facts in shipped.items() if name != "mobile"]
    assert sizes
    assert max(sizes) <= LARGEST
    assert sum(sizes) <= LARGEST_TOGETHER


def test_each_model_of_the_second_wheel_has_a_card(shipped: dict[str, dict]) -> None:
    """With its id, and what tgc models says of it."""
    text = (Path(__file__).parents[1] / "docs" / "models.md").read_text(encoding="utf-8")
    cards = dict(re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", text, re.M | re.S))
    assert cards.keys() == shipped.keys() - {"mobile"}
    for name, card in cards.items():
        facts = shipped[name]
        assert facts["licence"] == "Apache-2.0"
        for said in (facts["model_id"], facts["bpp"], facts["about"]):
            assert said in card, name


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_photograph_there_and_back(path: Path) -> None:
    """Closer to the original than a picture of its mean colour is."""
    with Image.open(path.with_suffix(".png")) as decoded:
        picture = decoded.convert("RGB")
    name = path.stem.rpartition("-")[0]
    again = tgc.decompress(tgc.compress(picture, model=name, quality=60))
    pixels = np.asarray(picture, np.float64)
    errors = np.asarray(again, np.float64) - pixels
    assert np.mean(errors**2) < 0.5 * np.mean((pixels - pixels.mean(axis=(0, 1))) ** 2)
