"""Improves the residuals of one picture by gradient descent while it is encoded.

A file need not hold what the analysis network and rounding give. With means, tables and decoder
left as they are, gradient descent moves the residuals r (a rounded latent less its mean) to where
they spend their bits best, as an AVIF encoder tries many ways to code a block. Files have the same
format, and decoding takes no longer.

Rounding has no gradient. Following Yang, Bamler and Mandt (2020, stochastic Gumbel annealing) each
real r is replaced by a random mixture of its two neighbours, which are the likelier the nearer they
are; the temperature falls until the mixture is one of both. (Straight-through gradients, which
train the codec, make a picture worse here.) We depart from the paper in two ways: the number of
bits is given, and a controller moves the price of a bit until it is met; and the distortion is a
sum of logarithms, so that no weight depends on the picture or on the rate.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf
import tensorflow_compression as tfc

from tfgan_codec import tiling
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import hyperprior
from tfgan_codec.entropy.contract import total_bits
from tfgan_codec.entropy.hyperprior import scale_of
from tfgan_codec.errors import UsageError
from tfgan_codec.format import geometry, payload
from tfgan_codec.format.geometry import STRIDE
from tfgan_codec.layers.classifier import PERIOD
from tfgan_codec.losses.distortion import ms_ssim, mse
from tfgan_codec.losses.perceptual import Lpips
from tfgan_codec.metrics.lpips import SMALLEST_SIDE
from tfgan_codec.metrics.ssim import SMALLEST_SIDE as MS_SSIM_SMALLEST
from tfgan_codec.models.from_bundle import restore
from tfgan_codec.pictures.picture import Pixels

# Weights of the logarithms of squared error and of 1 - MS-SSIM of the faithful decoder's picture.
_MSE_SHARE, _STRUCTURE_SHARE = 0.3, 0.7
_LPIPS_SHARE = 0.3  # weight of the logarithm of LPIPS of the realistic decoder's picture
_RATE = 0.01  # learning rate; falls in the second half
_HOTTEST, _COLDEST = 0.5, 0.025  # temperatures at the start and at the end
# By how much the distortion falls, near the usual rates, where the logarithm of the bits grows by
# 1. From this follows the price of a bit to start with.
_ELASTICITY = 0.6
_GAIN, _DRIFT = 25.0, 25.0  # the controller's proportional gain, and integral gain over the search
_AIM = 0.985  # share of the bits aimed at, as the last, cold steps take up to 2 % more
_SPARE = 0.997  # share of the bits allowed, as the tables' bits differ a little from the density's
_MAX_CELLS = 2048  # latents in a window: half a megapixel; larger pictures take several
_HALO = 6  # latents by which windows overlap to each side


class _Planes(NamedTuple):
    """Holds what is known of each latent of a window, arrays [h, w, channels]."""

    wanted: np.ndarray  # the residuals before rounding
    mean: np.ndarray
    indexes: np.ndarray
    pixels: np.ndarray  # the picture's, [h, w, 16 * 16 * 3]


class _Inputs(NamedTuple):
    """Holds the tensors of one window that stay fixed during a search, [1, h, w, channels]."""

    mean: tf.Tensor
    scale: tf.Tensor
    coded: tf.Tensor  # 1 where the residual is in the file, else 0
    inverse_gain: tf.Tensor  # [channels]
    pixels: tf.Tensor  # [1, 16 * h, 16 * w, 3]


class Refiner:
    """Searches for better residuals for files of `mobile`, as `coding.contract.Refiner` says.

        refiner = Refiner("realism", steps=100)
        blob = tgc.compress("photo.jpg", bpp=0.1, refiner=refiner)

    Args:
      tune: "fidelity", for squared error and MS-SSIM of the most faithful decoder's picture; or
        "realism", for LPIPS of the most realistic one's as well. Both measures are left out for
        pictures that are too small for them.
      steps: how many times the residuals are improved. 100 take minutes for half a megapixel.
      weights: folder of LPIPS' weights; by default `metrics.weights` finds it.
      progress: called after each step with the share of a picture's search that is done, 0 to 1.

    Raises:
      UsageError: there is no such search, or LPIPS' weights are missing.
    """

    def __init__(
        self,
        tune: str = "fidelity",
        steps: int = 100,
        weights: str | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        if tune not in ("fidelity", "realism") or steps < 1:
            raise UsageError(f"a search is for fidelity or realism, not {tune} in {steps} steps")
        self._steps = steps
        self._progress = progress or (lambda share: None)
        lpips = Lpips(folder=weights) if tune == "realism" else None
        # Restoring decoders takes seconds, and TensorFlow traces each size of a window anew.
        self._distortion = functools.lru_cache(1)(lambda bundle: _Distortion(bundle, lpips))
        self._search = functools.lru_cache(8)(
            lambda bundle, *size: _Search(self._distortion(bundle), (*size, bundle.channels))
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
            window = _Planes(*np.split(part, borders, axis=2))
            found = self._search(bundle, *part.shape[:2])
            return found(window, inverse_gain, share, self._steps, stepped)

        r = tiling.run(search, windows, stack, max_cells=_MAX_CELLS)
        return symbols._replace(r=r.astype(np.int32))


class _Search:
    """Searches windows of one shape [h, w, channels], in latents."""

    def __init__(self, distortion: _Distortion, shape: tuple[int, int, int]) -> None:
        self._distortion = distortion
        self._r = tf.Variable(tf.zeros((1, *shape)))
        self._moments = [tf.Variable(tf.zeros((1, *shape))) for _ in range(2)]

    def __call__(
        self,
        window: _Planes,
        inverse_gain: np.ndarray,
        share: float,
        steps: int,
        stepped: Callable[[], None],
    ) -> np.ndarray:
        """Returns the best residuals found, whole numbers, in `share` times rounding's bits; calls
        `stepped` after each step."""
        inputs = _Inputs(
            mean=tf.constant(window.mean[None]),
            scale=scale_of(tf.constant(window.indexes[None])),
            coded=tf.constant((window.indexes[None] > 0).astype(np.float32)),
            inverse_gain=tf.constant(inverse_gain),
            pixels=tf.constant(_picture(window.pixels)[None]),
        )
        self._r.assign(window.wanted[None] * inputs.coded)
        for moment in self._moments:
            moment.assign(tf.zeros_like(moment))
        limit = _SPARE * share * float(self._bits(inputs))
        if limit <= 0.0:  # no residual is coded, or there is no room for any
            return self._rounded(inputs).numpy()[0]
        controller = _Controller(_AIM * limit, steps)
        for step in range(steps):
            done = step / steps
            rate = _RATE * min(1.0, 2.0 * (1.0 - done))
            temperature = _HOTTEST * (_COLDEST / _HOTTEST) ** done
            settings = tf.constant([controller.price, rate, temperature], tf.float32)
            controller.see(float(self._descend(inputs, settings, tf.constant([step, 0]))))
            stepped()
        return self._within(limit, inputs)

    def _within(self, limit: float, inputs: _Inputs) -> np.ndarray:
        """Returns the residuals rounded, towards zero as far as `limit` bits demand it."""
        for dead in np.linspace(0.0, 0.5, 51):
            found = self._rounded(inputs, float(dead))
            if float(_bits_of(found, inputs)) <= limit:
                break
        return found.numpy()[0]

    def _rounded(self, inputs: _Inputs, dead: float = 0.0) -> tf.Tensor:
        """Returns the residuals as whole numbers; fractions up to 0.5 + `dead` go towards zero."""
        size = tf.math.ceil(tf.abs(self._r) - 0.5 - dead)
        return tf.sign(self._r) * tf.maximum(size, 0.0) * inputs.coded

    def _bits(self, inputs: _Inputs) -> tf.Tensor:
        return _bits_of(self._rounded(inputs), inputs)

    @tf.function
    def _descend(self, inputs: _Inputs, settings: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        """Makes one step of Adam with `settings` (the price of a bit, learning rate, temperature);
        returns the bits that the rounded residuals then take."""
        price, rate, temperature = tf.unstack(settings)
        with tf.GradientTape() as tape:
            r = _mixture(self._r, temperature, step) * inputs.coded
            y = (r + inputs.mean) * inputs.inverse_gain
            loss = self._distortion(inputs.pixels, y, step) + price * _bits_of(r, inputs)
        gradient = tape.gradient(loss, self._r)
        first, second = self._moments
        first.assign(0.9 * first + 0.1 * gradient)
        second.assign(0.99 * second + 0.01 * gradient**2)
        count = tf.cast(step[0] + 1, tf.float32)
        mean, square = first / (1.0 - 0.9**count), second / (1.0 - 0.99**count)
        self._r.assign_sub(rate * mean / (tf.sqrt(square) + 1e-12))
        return self._bits(inputs)


class _Distortion:
    """Computes the distortion that a search lowers beside the bits."""

    def __init__(self, bundle: Bundle, lpips: Lpips | None) -> None:
        self._faithful = restore(bundle, bundle.realisms[0])
        self._lpips = lpips
        if lpips:
            self._realistic = restore(bundle, bundle.realisms[-1])

    def __call__(self, pixels: tf.Tensor, y: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Returns the distortion of the pictures that decoders make of latents y, against the
        original, pixels [1, h, w, 3]; `seed` chooses a shift of the grid of LPIPS' network."""
        faithful = self._faithful.synthesise(y)
        value = _MSE_SHARE * tf.math.log(mse(pixels, faithful)[0] + 1e-3)
        if min(pixels.shape[1:3]) >= MS_SSIM_SMALLEST:
            distance = 1.0 - ms_ssim(pixels, faithful)[0]
            value += _STRUCTURE_SHARE * tf.math.log(distance + 1e-6)
        if self._lpips and min(pixels.shape[1:3]) >= SMALLEST_SIDE["alex"] + PERIOD - 1:
            down, right = tf.unstack(tf.random.stateless_uniform([2], seed, 0, PERIOD, tf.int32))
            seen = (x[:, down:, right:] for x in (pixels, self._realistic.synthesise(y)))
            value += _LPIPS_SHARE * tf.math.log(self._lpips.distance(*seen)[0] + 1e-4)
        return value


class _Controller:
    """Moves the price of a bit, in units of distortion, until a search spends `target` of them."""

    def __init__(self, target: float, steps: int) -> None:
        self._target, self._steps = target, steps
        self._error = self._drift = 0.0

    @property
    def price(self) -> float:
        change = _GAIN * self._error + self._drift
        return _ELASTICITY / self._target * math.exp(min(max(change, -3.0), 3.0))

    def see(self, bits: float) -> None:
        self._error += 0.3 * (math.log(max(bits, 1.0) / self._target) - self._error)
        self._drift += _DRIFT / self._steps * self._error


def _mixture(r: tf.Tensor, temperature: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Returns a random mixture of the whole numbers around r, near one at low temperatures."""
    below = tf.floor(r)
    rest = tf.clip_by_value(r - below, 1e-4, 1.0 - 1e-4)
    uniform = tf.random.stateless_uniform([2, *r.shape], seed, 1e-6, 1.0 - 1e-6)
    gumbel = -tf.math.log(-tf.math.log(uniform))
    score = (tf.atanh(rest) - tf.atanh(1.0 - rest)) / temperature + gumbel[1] - gumbel[0]
    return below + tf.sigmoid(score / temperature)


def _bits_of(r: tf.Tensor, inputs: _Inputs) -> tf.Tensor:
    prior = tfc.NoisyNormal(loc=0.0, scale=inputs.scale)
    return total_bits(prior.log_prob(r) * inputs.coded)[0]


def _blocks(pixels: Pixels) -> np.ndarray:
    """Returns a picture [h, w, 3] as [h / 16, w / 16, 16 * 16 * 3], the block of each latent."""
    return tf.nn.space_to_depth(pixels[None], STRIDE)[0].numpy()


def _picture(blocks: np.ndarray) -> np.ndarray:
    """Returns the picture of its blocks; the inverse of `_blocks`."""
    return tf.nn.depth_to_space(blocks[None], STRIDE)[0].numpy()
