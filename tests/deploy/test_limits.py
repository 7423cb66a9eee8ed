"""What decoders in smaller numbers and in tiles may lose at most: the shipped `mobile` on Kodak
pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec import tiling
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.bundle.runtime import Network
from tfgan_codec.codec import Codec
from tfgan_codec.coding import hyperprior
from tfgan_codec.deploy import decoders
from tfgan_codec.deploy.settings import Settings
from tfgan_codec.format import container
from tfgan_codec.format.geometry import STRIDE
from tfgan_codec.metrics.psnr import psnr
from tfgan_codec.metrics.ssim import ms_ssim
from tfgan_codec.models.from_bundle import restore
from tfgan_codec.pictures import reading

pytestmark = pytest.mark.slow

WHOLE = 1 << 30  # cells of a window that is never full
NUMBERS = (1, 8, 15, 23)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.load("mobile")


@pytest.fixture(scope="module")
def kodak(kodak_dir: Path) -> list[np.ndarray]:
    return [reading.read(kodak_dir / f"kodim{number:02}.png").rgb for number in NUMBERS]


@pytest.fixture(scope="module")
def integers(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped faithful decoder in int8."""
    photographs = shared_dir / "data" / "train"
    if not photographs.is_dir():
        pytest.skip("there are no photographs to calibrate with in ../shared/data/train")
    folder = tmp_path_factory.mktemp("int8") / "bundle"
    settings = Settings("int8", calibration=str(photographs), realism=0.0)
    decoders.export("mobile", str(folder), settings)
    return folder


def mosaic(kodak: list[np.ndarray], height: int, width: int) -> np.ndarray:
    """A large picture with the detail of small ones."""
    tile = np.vstack([np.hstack(kodak[:2]), np.hstack(kodak[:1:-1])])
    down, right = -(-height // tile.shape[0]), -(-width // tile.shape[1])
    return np.tile(tile, (down, right, 1))[:height, :width]


def test_float16_weights(bundle: Bundle, kodak: list[np.ndarray]):
    """The shipped weights are float16 already: they get back digits that rounding takes away."""
    model = restore(bundle)
    random = np.random.default_rng(0)
    for weight in model.synthesis.trainable_variables:
        weight.assign(weight * random.uniform(1 - 2**-11, 1 + 2**-11, weight.shape))
    networks = {}
    for quantize in ("none", "fp16"):
        part = decoders.decoder(model, Settings(quantize=quantize), None).part
        networks[quantize] = Network(part.tflite, quantize)
    codec = Codec(bundle)
    for picture in kodak[1:]:
        file = container.parse(codec.compress(picture, quality=120)).file
        y = hyperprior.dequantize(bundle, hyperprior.read_symbols(bundle, file), file.quality)
        exact, half = (
            np.clip(np.floor(network(y) + 0.5), 0, 255).astype(np.uint8)
            for network in networks.values()
        )
        assert abs(psnr(picture, exact) - psnr(picture, half)) <= 0.02
        assert (exact != half).any()


def test_int8(bundle: Bundle, integers: Path, kodak: list[np.ndarray]):
    for file in integers.glob("synthesis*"):
        assert file.stat().st_size <= 3e6
    small = Codec(Bundle.load(integers))
    for quality in (60, 180):
        for picture in kodak:
            blob = Codec(bundle).compress(picture, quality=quality)
            exact, rounded = (
                np.asarray(codec.decompress(blob, realism=0)) for codec in (Codec(bundle), small)
            )
            assert psnr(picture, exact) - psnr(picture, rounded) <= 0.3
            assert ms_ssim(picture, exact) - ms_ssim(picture, rounded) <= 0.005


def test_seams(bundle: Bundle, kodak: list[np.ndarray]):
    """One run over all of a picture, the codec's windows, the tiles of fixed-shape decoders: of a
    file's latents, and of unrounded ones, which are further from what decoders were trained on."""
    picture = mosaic(kodak, 1200, 1800)
    exact = bundle.network("analysis")(picture)
    filed = hyperprior.dequantize(bundle, hyperprior.quantize(bundle, exact, 60), 60)
    synthesis = bundle.network("synthesis")
    settings = Settings()
    geometry = tiling.Geometry(1, STRIDE, settings.halo, settings.tile // STRIDE)
    for y, limit in ((filed, 0.01), (exact, 1.0)):
        whole = np.clip(synthesis(y, max_cells=WHOLE), 0, 255)
        windows = np.clip(synthesis(y), 0, 255)
        assert np.abs(windows - whole).max() <= 0.01
        tiles = np.clip(tiling.run(synthesis, geometry, y), 0, 255)
        assert np.abs(tiles - whole).max() <= limit
