"""Tests of filling what an alpha plane hides: seen pixels stay, hidden ones cost little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sample_pictures
from PIL import Image

import tfgan_codec as tgc
from tfgan_codec.coding import compression, hidden
from tfgan_codec.metrics.psnr import psnr


def disc(height: int, width: int) -> np.ndarray:
    """An alpha plane: 255 in an ellipse, 0 around it."""
    y, x = np.mgrid[:height, :width]
    inside = ((x / width - 0.5) / 0.35) ** 2 + ((y / height - 0.5) / 0.4) ** 2 < 1
    return np.where(inside, 255, 0).astype(np.uint8)


@pytest.mark.parametrize("size", [(1, 2), (2, 1), (5, 7), (64, 64), (97, 33)])
def test_seen_pixels_stay_and_hidden_ones_do_not_matter(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 256, [*size, 3], np.uint8)
    alpha = rng.choice(np.array([0, 0, 0, 1, 128, 255], np.uint8), size)
    alpha.flat[0], alpha.flat[-1] = 0, 9
    found = hidden.filled(rgb, alpha)
    assert found.dtype == np.uint8
    assert np.array_equal(found[alpha > 0], rgb[alpha > 0])
    other = np.where(alpha[..., None] > 0, rgb, rng.integers(0, 256, rgb.shape, np.uint8))
    assert np.array_equal(hidden.filled(other, alpha), found)
    low, high = rgb[alpha > 0].min(0), rgb[alpha > 0].max(0)
    assert (found >= low).all()
    assert (found <= high).all()


def test_nothing_hidden_and_everything_hidden() -> None:
    rgb = sample_pictures.pixels(20, 30)
    assert hidden.filled(rgb, None) is rgb
    assert hidden.filled(rgb, np.full([30, 20], 1, np.uint8)) is rgb
    assert hidden.filled(rgb, np.zeros([30, 20], np.uint8)).std() == 0


def test_one_colour_goes_on_everywhere() -> None:
    rgb = np.full([50, 70, 3], (10, 200, 77), np.uint8)
    alpha = np.zeros([50, 70], np.uint8)
    alpha[20, 60] = 255
    noise = np.where(alpha[..., None] > 0, rgb, sample_pictures.pixels(70, 50))
    assert np.array_equal(hidden.filled(noise, alpha), rgb)


def test_filling_is_smooth() -> None:
    """Between a black and a white edge lies a ramp whose steps are far below that of an edge."""
    rgb = np.zeros([64, 64, 3], np.uint8)
    rgb[:, 48:] = 255
    alpha = np.full([64, 64], 255, np.uint8)
    alpha[:, 16:48] = 0
    row = hidden.filled(rgb, alpha)[32, :, 0].astype(int)
    assert (np.diff(row) >= 0).all()
    assert np.diff(row).max() <= 255 / 6


def test_grey_stays_grey() -> None:
    grey = np.repeat(sample_pictures.pixels(90, 60)[..., :1], 3, axis=2)
    found = hidden.filled(grey, disc(60, 90))
    assert np.array_equal(found[..., 0], found[..., 1])
    assert np.array_equal(found[..., 0], found[..., 2])


def decoded(codec: tgc.Codec, rgb: np.ndarray, alpha: np.ndarray, back: np.ndarray) -> float:
    """PSNR in dB of the seen pixels at 6,000 bytes, with `back` where nothing is seen."""
    source = np.where(alpha[..., None] > 0, rgb, back)
    blob = codec.compress(np.dstack([source, alpha]), nbytes=6000)
    assert len(blob) <= 6000
    shown = np.asarray(codec.decompress(blob, realism=0))[..., :3]
    return psnr(rgb[alpha > 0], shown[alpha > 0])


@pytest.mark.parametrize(
    ("number", "gains"),
    # In dB, over a photograph and over noise: measured 1.53 and 3.29; 1.05 and 2.44; 1.06 and 3.18.
    [(3, (1.4, 3.1)), (15, (0.9, 2.3)), (23, (0.9, 3.0))],
)
def test_bits_go_to_what_is_seen(
    number: int, gains: tuple[float, float], kodak_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codec = tgc.load("mobile")
    rgb = np.asarray(Image.open(kodak_dir / f"kodim{number:02}.png"))
    alpha = disc(*rgb.shape[:2])
    noise = np.random.default_rng(0).integers(0, 256, rgb.shape, np.uint8)
    now = [decoded(codec, rgb, alpha, back) for back in (rgb, noise)]
    assert now[0] == now[1]
    monkeypatch.setattr(compression.hidden, "filled", lambda rgb, alpha: rgb)
    before = [decoded(codec, rgb, alpha, back) for back in (rgb, noise)]
    assert now[0] - before[0] > gains[0]
    assert now[1] - before[1] > gains[1]
