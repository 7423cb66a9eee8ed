"""Fixtures shared by all tests. Tests that need optional data skip, saying what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfgan_codec.codec import Codec, load

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The optional folder `shared` beside the checkout, with pictures and pretrained weights."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("optional data folder ../shared is not there")
    return folder


@pytest.fixture(scope="session")
def kodak_dir(shared_dir: Path) -> Path:
    """The 24 pictures of the Kodak test set, kodim01.png .. kodim24.png."""
    folder = shared_dir / "data" / "kodak"
    if not (folder / "kodim01.png").is_file():
        pytest.skip("the Kodak pictures are not in ../shared/data/kodak")
    return folder


@pytest.fixture(scope="session")
def tiny_dir() -> Path:
    """A hand-made model bundle of 60 kB, with which pictures come back as coarse blocks."""
    return Path(__file__).parent / "data" / "tiny"


@pytest.fixture(scope="session")
def tiny(tiny_dir: Path) -> Codec:
    """The codec of `tiny_dir`."""
    return load(tiny_dir)


@pytest.fixture(scope="session")
def vectors_dir() -> Path:
    """Golden vectors that every implementation of the format must reproduce."""
    return Path(__file__).parent / "data" / "vectors"
