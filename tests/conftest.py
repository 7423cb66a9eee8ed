"""Fixtures shared by all tests. Tests that need optional data skip, saying what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.codec import Codec, load
from tfgan_codec.metrics import weights

if TYPE_CHECKING:
    from tfgan_codec.models.mobile import Mobile

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The optional folder `shared` beside the checkout, with pictures and pretrained weights."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("optional data folder ../shared is not there")
    return folder


@pytest.fixture(scope="session")
def dists_dir(shared_dir: Path) -> Path:
    """A folder with the weights of DISTS and of VGG16: ../shared/weights or the user's own."""
    files = [weights.FILES[name].file for name in ("dists", "lpips_vgg")]
    for folder in (shared_dir / "weights", weights.default_folder()):
        if all((folder / file).is_file() for file in files):
            return folder
    pytest.skip(f"{' and '.join(files)} are not there; python -m apps.weights makes them")


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


@pytest.fixture(scope="session")
def small_mobile() -> Mobile:
    """An untrained `mobile` of a few channels with coding tables, some of its latents skipped, the
    others with scales that fit them."""
    tf = pytest.importorskip("tensorflow")
    from tfgan_codec.models.mobile import Mobile, MobileConfig

    tf.keras.utils.set_random_seed(1)
    config = MobileConfig((8, 8, 12, 16), 16, 12, 8, 8, (16, 12, 8, 8), (1, 1, 1, 1))
    model = Mobile(config)
    model.build_weights()
    model.analysis.layers[-1].kernel.assign(30.0 * model.analysis.layers[-1].kernel)
    model.entropy.hyper_analysis.layers[-1].bias.assign(tf.linspace(-4.0, 4.0, 8))
    model.entropy.scale_decoder.layers[-1].bias.assign([-10.0] * 4 + [32.0] * 6 + [40.0] * 6)
    model.prepare_for_coding()
    return model


@pytest.fixture(scope="session")
def small_bundle(small_mobile, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """`small_mobile` exported, with its folder."""
    from tfgan_codec.deploy import bundling

    folder = tmp_path_factory.mktemp("small") / "bundle"
    bundling.write(small_mobile, str(folder), "small", {})
    loaded = Bundle.load(folder)
    loaded.folder = folder
    return loaded


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Smooth random pictures, and what else lies about in such folders."""
    folder = tmp_path_factory.mktemp("photographs")
    random = np.random.default_rng(0)
    for number in range(4):
        coarse = Image.fromarray(random.integers(0, 256, (9, 9, 3), np.uint8))
        coarse.resize((288, 272), Image.Resampling.BICUBIC).save(folder / f"{number}.png")
    (folder / "broken.jpg").write_bytes(b"not a picture")
    (folder / "notes.txt").write_text("nor this")
    return folder
