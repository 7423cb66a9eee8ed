"""Integer context models with random weights, and a bundle with one, for tests."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from tfgan_codec.bundle import writing
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.format import wavefront
from tfgan_codec.format.context_model import FRACTIONS, MEAN_ZERO, ContextModel
from tfgan_codec.format.scales import IntegerConv, ScaleDecoder
from tfgan_codec.format.tables import Tables, gaussian_tables

FEATURES = 2  # of the hyper-latents, per latent
HWC, CHW = (0, 1, 2), (2, 0, 1)


def random_model(
    kernel: tuple[int, int, int], axes: tuple[int, ...] = HWC, seed: int = 0
) -> ContextModel:
    """Means and tables that vary, and depend on every tap."""
    rng = np.random.default_rng(seed)
    taps = rng.integers(-9, 10, (*kernel, 8)) * wavefront.taps(kernel)[..., None]
    convolution = IntegerConv(taps.astype(np.int32), rng.integers(0, 400, 8, np.int32), 3, 255, 1)

    def layer(cin: int, cout: int, shift: int, maximum: int, bias: int) -> IntegerConv:
        weights = rng.integers(-20, 21, (1, 1, cin, cout), np.int32)
        return IntegerConv(weights, np.full(cout, bias << shift, np.int32), shift, maximum, 1)

    joint = (layer(8 + FEATURES, 12, 6, 255, 20), layer(12, 16, 7, 255, 20))
    table, mean = layer(16, 1, 9, 63, 30), layer(16, 1, 7, 2047, MEAN_ZERO)
    return ContextModel(axes, convolution, joint, table, mean)


def random_latents(shape: tuple[int, int, int], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features and latents, some of the latents far out."""
    rng = np.random.default_rng(seed)
    features = rng.integers(0, 256, (*shape[:2], shape[2] * FEATURES)).astype(np.uint8)
    q = np.round(rng.standard_t(1.5, shape)).astype(np.int32)
    return features, q


@functools.cache
def tables() -> Tables:
    """As the adversarial codec's, with heavier tails, which are faster to make."""
    return gaussian_tables(np.geomspace(0.11, 64, 64), 2.0**-8, np.arange(FRACTIONS) / FRACTIONS)


def write_bundle(folder: Path, tiny: Bundle) -> Bundle:
    """The tiny bundle, its latents coarser, with a context model of random weights."""
    rng = np.random.default_rng(0)

    def layer(kernel: int, cin: int, cout: int, bias: int) -> IntegerConv:
        weights = rng.integers(-9, 10, (kernel, kernel, cin, cout), np.int32)
        return IntegerConv(weights, np.full(cout, bias, np.int32), 2, 255, 2)

    hyper = ScaleDecoder((layer(3, 4, 16, 9), layer(1, 4, 4 * FEATURES * tiny.channels, 400)))
    gain = np.full([256, tiny.channels], 0.5, np.float32)
    return writing.write_bundle(
        folder / "bundle",
        name="context",
        networks={kind: tiny.part(kind) for kind in ("analysis", "hyper_analysis")},
        synthesis={realism: tiny.part("synthesis", realism) for realism in tiny.realisms},
        z_tables=tiny.z_tables,
        y_tables=tables(),
        scale_decoder=hyper,
        gain=gain,
        inverse_gain=1 / gain,
        info={},
        context=random_model((5, 5, 5)),
    )
