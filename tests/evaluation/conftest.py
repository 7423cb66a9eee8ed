"""Pictures and results to evaluate, small enough for quick tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from sample_pictures import pixels

from tfgan_codec.evaluation import runner, schema
from tfgan_codec.evaluation.codecs import create


@pytest.fixture(scope="session")
def pictures_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for i in range(3):
        Image.fromarray(pixels(208, 176, i)).save(folder / f"picture{i}.png")
    return folder


@pytest.fixture(scope="session")
def results(pictures_dir: Path) -> schema.Results:
    """Two codecs at three settings, measured without networks."""
    codecs = [create("jpeg=5/20/60"), create("webp=0/20/60")]
    pictures = runner.find_pictures(pictures_dir)
    return runner.run(runner.Plan(codecs, pictures, ("psnr", "ms_ssim"), command="a command"))
