"""Files for the tests of the plugin: of the shipped model, and in layers."""

from __future__ import annotations

from pathlib import Path

import pytest
import sample_pictures

import tfgan_codec as tgc
import tfgan_codec.pillow
from tfgan_codec.bundle.layered import write_layered_bundle


@pytest.fixture(scope="session")
def blob() -> bytes:
    """A file of the shipped model: RGBA, with ICC profile and EXIF."""
    picture = sample_pictures.image(150, 100, "RGBA")
    picture.info["icc_profile"] = sample_pictures.rgb_profile()
    picture.info["exif"] = sample_pictures.exif().tobytes()
    return tgc.compress(picture, quality=100, metadata="keep")


@pytest.fixture(scope="session")
def layered_dir(tiny_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny bundle as all three layers."""
    folder = tmp_path_factory.mktemp("layered") / "bundle"
    write_layered_bundle(folder, name="layered", layers=[tiny_dir] * 3, info={})
    return folder


@pytest.fixture(scope="session")
def layered_blob(layered_dir: Path) -> bytes:
    """A file with sizes 151x101, 76x51 and 38x26."""
    return tgc.compress(sample_pictures.image(151, 101, "RGBA"), model=layered_dir)
