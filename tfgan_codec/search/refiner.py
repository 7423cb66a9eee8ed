"""Improves the residuals of one picture by gradient descent while it is encoded.

A file need not hold what the analysis network and rounding give. With means, tables and decoder
left as they are, gradient descent moves the residuals r (a rounded latent less its mean) to where
they spend their bits best, as an AVIF encoder tries many ways to code a block. Files have the same
format, and decoding takes no longer. `descent` says how it descends, `distortion` on what.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec import tiling
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import hyperprior
from tfgan_codec.coding.contract import DEFAULT_STEPS
from tfgan_codec.errors import UsageError
from tfgan_codec.format import geometry, payload
from tfgan_codec.format.geometry import STRIDE
from tfgan_codec.losses.perceptual import Lpips
from tfgan_codec.pictures.picture import Pixels
from tfgan_codec.search.descent import Descent, Window
from tfgan_codec.search.distortion import Distortion, Fidelity, QuickRealism, Realism

_RATE = 0.01  # learning rate of long searches
# In a few steps residuals must go as far: the learning rate is this by the number of steps, but no
# more than the second number, beyond which pictures get worse.
_QUICK, _FASTEST = 0.72, 0.05
_MAX_CELLS = 2048  # latents in a window: half a megapixel; larger pictures take several
_HALO = 6  # latents by which windows overlap to each side


class _Planes(NamedTuple):
    """Holds what is known of each latent of a picture, arrays [h, w, channels]."""

    wanted: np.ndarray  # the residuals before rounding
    mean: np.ndarray
    indexes: np.ndarray
    pixels: np.ndarray  # the picture's, [h, w, 16 * 16 * 3]


class Refiner:
    """Searches for better residuals for files of `mobile`, as `coding.contract.Refiner` says.

        refiner = Refiner("fast")
        blob = tgc.compress("photo.jpg", bpp=0.1, refiner=refiner)

    Args:
      tune: "fidelity", for squared error and MS-SSIM of the most faithful decoder's picture;
        "realism", for LPIPS of the most realistic one's as well; or "fast", for that one's squared
        error and LPIPS with both networks, in seconds.
      steps: how many times the residuals are improved. 100, the default of the first two, take
        minutes for half a megapixel; 24, that of the third, a quarter of a minute.
      weights: folder of LPIPS' weights; by default `metrics.weights` finds it.
      progress: called after each step with the share of a picture's search that is done, 0 to 1.

    Raises:
      UsageError: there is no such search, or LPIPS' weights are missing.
    """

    def __init__(
        self,
        tune: str = "fidelity",
        steps: int | None = None,
        weights: str | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        if tune not in DEFAULT_STEPS or (steps is not None and steps < 1):
            tunes = ", ".join(DEFAULT_STEPS)
            raise UsageError(f"a search is one of {tunes}, not {tune} in {steps} steps")
        self._steps = DEFAULT_STEPS[tune] if steps is None else steps
        self._progress = progress or (lambda share: None)
        rate = min(_FASTEST, max(_RATE, _QUICK / self._steps)) if tune == "fast" else _RATE
        # Restoring decoders takes seconds, and TensorFlow traces each size of a window anew.
        self._distortion = functools.lru_cache(1)(_maker(tune, weights))
        self._descent = functools.lru_cache(8)(
            lambda bundle, *size: Descent(self._distortion(bundle), (*size, bundle.channels), rate)
        )

    def __call__(
        self,
        bundle: Bundle,
        rgb: Pixels,
        y: geometry.Floats,
        symbols: payload.Symbols,
        quality: int,
        nbits: float,
    ) -> payload.Symbols:
        """Returns symbols of the picture in about `nbits` bits, mostly fewer, with z of `symbols`;
        for the arguments see `coding.contract.Refiner`."""
        tables = bundle.z_tables, bundle.y_tables
        whole = payload.estimate_bits(symbols, *tables)
        side = payload.estimate_bits(
            symbols._replace(indexes=np.zeros_like(symbols.indexes)), *tables
        )
        share = (nbits - side) / max(whole - side, 1.0)
        mean = hyperprior.means(bundle, symbols.z, symbols.indexes)
        wanted = y * bundle.gain[quality] - mean
        planes = _Planes(wanted, mean, symbols.indexes, _blocks(geometry.pad_edges(rgb, STRIDE)))
        stack = np.concatenate([plane.astype(np.float32) for plane in planes], axis=2)
        borders = np.cumsum([plane.shape[2] for plane in planes])[:-1]
        inverse_gain = bundle.inverse_gain[quality]
        windows = tiling.Geometry(cell=1, out=1, halo=_HALO)
        height, width = stack.shape[:2]
        rows, columns = tiling.plan(windows, height, width, _MAX_CELLS)
        all_steps, done = len(rows) * len(columns) * self._steps, 0

        def stepped() -> None:
            nonlocal done
            done += 1
            self._progress(done / all_steps)

        def search(part: np.ndarray) -> np.ndarray:
            found = _Planes(*np.split(part, borders, axis=2))
            window = Window(found.wanted, found.mean, found.indexes, _picture(found.pixels))
            descent = self._descent(bundle, *part.shape[:2])
            return descent(window, inverse_gain, share, self._steps, stepped)

        r = tiling.run(search, windows, stack, max_cells=_MAX_CELLS)
        return symbols._replace(r=r.astype(np.int32))


def _maker(tune: str, weights: str | None) -> Callable[[Bundle], Distortion]:
    """Returns what makes the distortion that a search lowers, for a bundle."""
    if tune == "realism":
        lpips = Lpips(folder=weights)  # at once, so that missing weights are told at once
        return lambda bundle: Realism(bundle, lpips)
    if tune == "fast":
        return lambda bundle: QuickRealism(bundle, weights)
    return Fidelity


def _blocks(pixels: Pixels) -> np.ndarray:
    """Returns a picture [h, w, 3] as [h / 16, w / 16, 16 * 16 * 3], the block of each latent."""
    return tf.nn.space_to_depth(pixels[None], STRIDE)[0].numpy()


def _picture(blocks: np.ndarray) -> np.ndarray:
    """Returns the picture of its blocks; the inverse of `_blocks`."""
    return tf.nn.depth_to_space(blocks[None], STRIDE)[0].numpy()
