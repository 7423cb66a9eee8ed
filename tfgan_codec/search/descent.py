"""Descends on the residuals of one window of a picture, at a given number of bits.

Rounding has no gradient. Following Yang, Bamler and Mandt (2020, stochastic Gumbel annealing) each
real residual is replaced by a random mixture of its two neighbours, which are the likelier the
nearer they are; the temperature falls until the mixture is one of both. (Straight-through
gradients, which train the codec, make a picture worse here.) We depart from the paper in this: the
number of bits is given, and a controller moves the price of a bit until it is met.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.compression import NoisyNormal
from tfgan_codec.entropy.contract import total_bits
from tfgan_codec.entropy.hyperprior import scale_of
from tfgan_codec.search.controller import Controller
from tfgan_codec.search.distortion import Distortion

_HOTTEST, _COLDEST = 0.5, 0.025  # temperatures at the start and at the end
_AIM = 0.985  # share of the bits aimed at, as the last, cold steps take up to 2 % more
_SPARE = 0.997  # share of the bits allowed, as the tables' bits differ a little from the density's


class Window(NamedTuple):
    """Holds what is known of each latent of a window: arrays [h, w, channels], and the picture."""

    wanted: np.ndarray  # the residuals before rounding
    mean: np.ndarray
    indexes: np.ndarray
    pixels: np.ndarray  # [16 * h, 16 * w, 3]


class _Inputs(NamedTuple):
    """Holds the tensors of one window that stay fixed during a search, [1, h, w, channels]."""

    mean: tf.Tensor
    scale: tf.Tensor
    coded: tf.Tensor  # 1 where the residual is in the file, else 0
    inverse_gain: tf.Tensor  # [channels]
    pixels: tf.Tensor  # [1, 16 * h, 16 * w, 3]


class Descent:
    """Searches windows of one shape [h, w, channels], in latents.

    Args:
      distortion: what is lowered.
      shape: of the windows.
      rate: learning rate of Adam; falls in the second half of the steps.
    """

    def __init__(self, distortion: Distortion, shape: tuple[int, int, int], rate: float) -> None:
        self._distortion, self._rate = distortion, rate
        self._r = tf.Variable(tf.zeros((1, *shape)))
        self._moments = [tf.Variable(tf.zeros((1, *shape))) for _ in range(2)]

    def __call__(
        self,
        window: Window,
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
            pixels=tf.constant(window.pixels[None]),
        )
        self._r.assign(window.wanted[None] * inputs.coded)
        for moment in self._moments:
            moment.assign(tf.zeros_like(moment))
        limit = _SPARE * share * float(self._bits(inputs))
        if limit <= 0.0:  # no residual is coded, or there is no room for any
            return self._rounded(inputs).numpy()[0]
        controller = Controller(_AIM * limit, steps)
        for step in range(steps):
            done = step / steps
            rate = self._rate * min(1.0, 2.0 * (1.0 - done))
            temperature = _HOTTEST * (_COLDEST / _HOTTEST) ** done
            settings = tf.constant([controller.price, rate, temperature], tf.float32)
            controller.see(float(self._descend(inputs, settings, tf.constant(step))))
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
            r = mixture(self._r, temperature, step) * inputs.coded
            y = (r + inputs.mean) * inputs.inverse_gain
            loss = self._distortion(inputs.pixels, y, step) + price * _bits_of(r, inputs)
        gradient = tape.gradient(loss, self._r)
        first, second = self._moments
        first.assign(0.9 * first + 0.1 * gradient)
        second.assign(0.99 * second + 0.01 * gradient**2)
        count = tf.cast(step + 1, tf.float32)
        mean, square = first / (1.0 - 0.9**count), second / (1.0 - 0.99**count)
        self._r.assign_sub(rate * mean / (tf.sqrt(square) + 1e-12))
        return self._bits(inputs)


def mixture(r: tf.Tensor, temperature: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
    """Returns a random mixture of the whole numbers around r, near one at low temperatures."""
    below = tf.floor(r)
    rest = tf.clip_by_value(r - below, 1e-4, 1.0 - 1e-4)
    seed = tf.stack([step, 0])
    uniform = tf.random.stateless_uniform([2, *r.shape], seed, 1e-6, 1.0 - 1e-6)
    gumbel = -tf.math.log(-tf.math.log(uniform))
    score = (tf.atanh(rest) - tf.atanh(1.0 - rest)) / temperature + gumbel[1] - gumbel[0]
    return below + tf.sigmoid(score / temperature)


def _bits_of(r: tf.Tensor, inputs: _Inputs) -> tf.Tensor:
    prior = NoisyNormal(loc=0.0, scale=inputs.scale)
    return total_bits(prior.log_prob(r) * inputs.coded)[0]
