"""The gallery of the documents: one detail of each picture, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from apps import gallery as app
from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import documents, gallery
from tfgan_codec.evaluation.numbers import Numbers
from tfgan_codec.evaluation.sheets import Sheet, Version

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sheet() -> Sheet:
    """A grey picture with noise in one corner, and a codec that makes all of it grey."""
    picture = np.full((400, 500, 3), 128, np.uint8)
    noise = np.random.default_rng(0)
    picture[300:, 400:] = noise.integers(0, 256, (100, 100, 3), np.uint8)
    values = {"psnr": 20.0, "ms_ssim": 0.5, "lpips": 0.25}
    return Sheet(
        "one.png", 2500, picture, [Version("avif", 2500, values, np.full_like(picture, 128))], []
    )


def test_details_are_the_busiest(sheet: Sheet, tmp_path: Path) -> None:
    ((original, decoded),) = gallery.write([sheet], tmp_path, "python -m apps.gallery")
    assert decoded.bpp == 8 * 2500 / (400 * 500)
    with Image.open(tmp_path / original.file) as image:
        assert image.size == (gallery.SIDE, gallery.SIDE)
        assert np.asarray(image)[-90:, -90:].std() > 10 > np.asarray(image)[:90, :90].std()
    with Image.open(tmp_path / decoded.file) as image:
        assert np.ptp(np.asarray(image)) < 5


def test_the_list_becomes_markdown(sheet: Sheet, tmp_path: Path) -> None:
    gallery.write([sheet], tmp_path / "images", "python -m apps.gallery")
    page = "<!-- pictures: images{} -->\n<!-- end of pictures -->\n"
    numbers = Numbers(tmp_path)
    made = documents.updated(page.format(""), numbers, tmp_path)
    assert "## one\n" in made
    assert "![AVIF, 2,500 bytes](images/one-avif.webp)" in made
    assert "| AVIF | 2,500 | 20.00 | .5000 | .250 |" in made
    assert documents.updated(made, numbers, tmp_path) == made
    assert "## one\n" not in documents.updated(page.format(" one"), numbers, tmp_path)
    with pytest.raises(UsageError, match="no picture two, only one"):
        documents.updated(page.format(" two"), numbers, tmp_path)


def test_the_command_makes_both(tmp_path: Path, tiny_dir: Path) -> None:
    (tmp_path / "in").mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (96, 128, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "in" / "a.png")
    flags = [f"--data={tmp_path / 'in'}", f"--out={tmp_path / 'out'}", "--jobs=1", "--bpp=1"]
    assert app.main(["gallery", *flags, f"--codecs={tiny_dir}"]) == 0
    said = json.loads((tmp_path / "out" / gallery.LIST).read_text())
    ((original, decoded),) = said["pictures"]
    assert (tmp_path / "out" / original["file"]).is_file()
    assert decoded["nbytes"] <= 96 * 128 / 8


def test_the_gallery_of_this_checkout_is_small_and_whole() -> None:
    folder = ROOT / "docs" / "images" / "gallery"
    said = json.loads((folder / gallery.LIST).read_text(encoding="utf-8"))
    named = {row["file"] for picture in said["pictures"] for row in picture}
    assert named == {file.name for file in folder.glob("*.webp")}
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1_500_000
