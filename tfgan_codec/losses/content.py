"""Losses that measure how far the reconstruction is from the picture."""

import tensorflow as tf

from tfgan_codec.losses.contract import CodecOutput, LossValue
from tfgan_codec.losses.distortion import charbonnier, mae, ms_ssim


class Content:
    """Is `weight * ((1 - alpha) MAE - alpha MS-SSIM)`: lambda_2 L_content in MobileViT-GAN's Eq. 6.

    MAE is taken on pictures in [0, 1], as in Zhao et al. (2017), whose alpha = 0.84 the paper took.
    """

    names = ("content", "mae", "ms_ssim")

    def __init__(self, weight: float = 100.0, alpha: float = 0.84):
        self.weight = weight
        self.alpha = alpha

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        error = mae(pictures, output.reconstruction) / 255.0
        similarity = ms_ssim(pictures, output.reconstruction)
        content = (1.0 - self.alpha) * error - self.alpha * similarity
        parts = {"content": content, "mae": error, "ms_ssim": similarity}
        return LossValue(self.weight * content, parts)


class _Distortion:
    """Multiplies a distortion of pictures in [0, 255], which subclasses `measure`, by `weight`."""

    def __init__(self, weight: float = 1.0):
        self.weight = weight
        self.names = (type(self).__name__.lower(),)

    def measure(self, pictures: tf.Tensor, reconstruction: tf.Tensor) -> tf.Tensor:
        raise NotImplementedError

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        value = self.measure(pictures, output.reconstruction)
        return LossValue(self.weight * value, {self.names[0]: value})


# Opponent colours of an error, of unit length and across brightness (1, 1, 1) and each other.
_RED_BLUE = (2.0**-0.5, 0.0, -(2.0**-0.5))
_GREEN = (6.0**-0.5, -2.0 * 6.0**-0.5, 6.0**-0.5)


class Mse:
    """Is `weight * (MSE + red_blue * E_red_blue + green * E_green)` of values in [0, 255].

    The two energies are the shares of the squared error that lie along red against blue and along
    green against magenta; with the share along brightness they add up to it. The first has a tenth
    of brightness's variance in photographs, the second a sixtieth, and a small codec that is not
    told of them gives up colour for brightness before it has learned to code either.
    """

    names = ("mse", "red_blue", "green")

    def __init__(self, weight: float = 1.0, red_blue: float = 0.0, green: float = 0.0):
        self.weight = weight
        self.red_blue = red_blue
        self.green = green

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        error = tf.cast(pictures, tf.float32) - tf.cast(output.reconstruction, tf.float32)
        colour = tf.linalg.matmul(error, tf.constant([_RED_BLUE, _GREEN]), transpose_b=True)
        colour = tf.reduce_mean(tf.square(colour), axis=(1, 2)) / 3.0
        value = tf.reduce_mean(tf.square(error), axis=(1, 2, 3))
        red_blue, green = colour[:, 0], colour[:, 1]
        parts = {"mse": value, "red_blue": red_blue, "green": green}
        total = value + self.red_blue * red_blue + self.green * green
        return LossValue(self.weight * total, parts)


class Mae(_Distortion):
    """Is `weight` times the mean absolute error of values in [0, 255]."""

    def measure(self, pictures: tf.Tensor, reconstruction: tf.Tensor) -> tf.Tensor:
        return mae(pictures, reconstruction)


class Charbonnier(_Distortion):
    """Is `weight` times Charbonnier's smooth absolute error of values in [0, 255]."""

    def measure(self, pictures: tf.Tensor, reconstruction: tf.Tensor) -> tf.Tensor:
        return charbonnier(pictures, reconstruction)
