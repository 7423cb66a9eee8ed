"""What a search lowers beside the bits: how unlike the original the decoders' pictures are.

Each is a sum of logarithms of measures, so that no weight depends on the picture or on the rate.
Measures are left out for pictures that are too small for them.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from tfgan_codec.bundle.model import Bundle
from tfgan_codec.layers.classifier import PERIOD
from tfgan_codec.layers.precision import fast_bfloat16, precision
from tfgan_codec.losses.distortion import ms_ssim, mse
from tfgan_codec.losses.perceptual import Lpips
from tfgan_codec.metrics.lpips import SMALLEST_SIDE
from tfgan_codec.metrics.ssim import SMALLEST_SIDE as MS_SSIM_SMALLEST
from tfgan_codec.models.from_bundle import restore

# Maps an original, pixels [1, h, w, 3], latents y and the number of the step, int32, to the
# distortion of the pictures that decoders make of y.
Distortion = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]


class Fidelity:
    """Is the distortion of the most faithful decoder's picture: squared error and MS-SSIM."""

    _MSE, _STRUCTURE = 0.3, 0.7  # weights of the logarithms

    def __init__(self, bundle: Bundle) -> None:
        self._decoder = restore(bundle, bundle.realisms[0])

    def __call__(self, pixels: tf.Tensor, y: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        picture = self._decoder.synthesise(y)
        value = self._MSE * _logarithm_of_error(pixels, picture)
        if min(pixels.shape[1:3]) >= MS_SSIM_SMALLEST:
            value += self._STRUCTURE * tf.math.log(1.0 - ms_ssim(pixels, picture)[0] + 1e-6)
        return value


class Realism:
    """Adds LPIPS of the most realistic decoder's picture to the distortion of the other's."""

    _LPIPS = 0.3

    def __init__(self, bundle: Bundle, lpips: Lpips) -> None:
        self._fidelity = Fidelity(bundle)
        self._decoder = restore(bundle, bundle.realisms[-1])
        self._lpips = lpips

    def __call__(self, pixels: tf.Tensor, y: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        value = self._fidelity(pixels, y, step)
        if _large_enough_for_alexnet(pixels):
            value += self._LPIPS * _shifted_lpips(
                self._lpips, pixels, self._decoder.synthesise(y), step
            )
        return value


class QuickRealism:
    """Is what costs little and still stands for how pictures look: one decoder, the most realistic.

    Squared error and LPIPS with AlexNet count in each step. In every third one LPIPS with VGG16 is
    added, of pictures of half the size, lest the search please AlexNet alone: VGG16 takes most of
    the time, and what it asks for changes slowly. Where the processor has bfloat16 this is used,
    which halves the time.
    """

    _MSE, _ALEX, _VGG = 0.5, 0.6, 0.4
    _EVERY = 3  # steps between two with VGG16

    def __init__(self, bundle: Bundle, weights: str | None) -> None:
        half = fast_bfloat16()
        with precision("mixed_bfloat16" if half else "float32"):
            self._decoder = restore(bundle, bundle.realisms[-1])
        self._alex = Lpips(folder=weights, bfloat16=half)
        self._vgg = Lpips(net="vgg", folder=weights, bfloat16=half)

    def __call__(self, pixels: tf.Tensor, y: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        picture = self._decoder.synthesise(y)
        value = self._MSE * _logarithm_of_error(pixels, picture)
        if _large_enough_for_alexnet(pixels):
            value += self._ALEX * _shifted_lpips(self._alex, pixels, picture, step)
        if min(pixels.shape[1:3]) >= 2 * SMALLEST_SIDE["vgg"]:
            value += tf.cond(
                tf.equal(step % self._EVERY, 0),
                lambda: self._VGG * self._coarse_lpips(pixels, picture),
                lambda: 0.0,
            )
        return value

    def _coarse_lpips(self, pixels: tf.Tensor, picture: tf.Tensor) -> tf.Tensor:
        """Returns the logarithm of LPIPS with VGG16 of pictures of half the size."""
        pair = (tf.nn.avg_pool2d(each, 2, 2, "VALID") for each in (pixels, picture))
        return _logarithm(self._vgg.distance(*pair)[0])


def _logarithm_of_error(pixels: tf.Tensor, picture: tf.Tensor) -> tf.Tensor:
    return tf.math.log(mse(pixels, picture)[0] + 1e-3)


def _logarithm(lpips: tf.Tensor) -> tf.Tensor:
    return tf.math.log(lpips + 1e-4)


def _large_enough_for_alexnet(pixels: tf.Tensor) -> bool:
    return min(pixels.shape[1:3]) >= SMALLEST_SIDE["alex"] + PERIOD - 1


def _shifted_lpips(
    lpips: Lpips, pixels: tf.Tensor, picture: tf.Tensor, step: tf.Tensor
) -> tf.Tensor:
    """Returns the logarithm of LPIPS of pictures without some rows and columns, others in each
    step: against a fixed grid AlexNet is pleased by a mesh that people see."""
    seed = tf.stack([step, 0])
    down, right = tf.unstack(tf.random.stateless_uniform([2], seed, 0, PERIOD, tf.int32))
    return _logarithm(lpips.distance(*(x[:, down:, right:] for x in (pixels, picture)))[0])
