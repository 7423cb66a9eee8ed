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


class Mse:
    """Is `weight * (MSE + chroma * MSE of colour)` of values in [0, 255].

    The error of colour is what of a pixel's error differs between red, green and blue. It is a
    tenth of the variance of photographs, and a small codec that is not told of it gives up colour
    for brightness before it has learned to code either.
    """

    names = ("mse", "chroma")

    def __init__(self, weight: float = 1.0, chroma: float = 0.0):
        self.weight = weight
        self.chroma = chroma

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        error = tf.cast(pictures, tf.float32) - tf.cast(output.reconstruction, tf.float32)
        colour = error - tf.reduce_mean(error, axis=-1, keepdims=True)
        value, chroma = (tf.reduce_mean(tf.square(x), axis=(1, 2, 3)) for x in (error, colour))
        parts = {"mse": value, "chroma": chroma}
        return LossValue(self.weight * (value + self.chroma * chroma), parts)


class Mae(_Distortion):
    """Is `weight` times the mean absolute error of values in [0, 255]."""

    def measure(self, pictures: tf.Tensor, reconstruction: tf.Tensor) -> tf.Tensor:
        return mae(pictures, reconstruction)


class Charbonnier(_Distortion):
    """Is `weight` times Charbonnier's smooth absolute error of values in [0, 255]."""

    def measure(self, pictures: tf.Tensor, reconstruction: tf.Tensor) -> tf.Tensor:
        return charbonnier(pictures, reconstruction)
