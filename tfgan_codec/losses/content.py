"""Losses that measure how far the reconstruction is from the picture."""

import tensorflow as tf

from tfgan_codec.losses.contract import CodecOutput, LossValue
from tfgan_codec.losses.distortion import charbonnier, mae, ms_ssim, mse


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


class Mse(_Distortion):
    """Is `weight` times the mean squared error of values in [0, 255]."""

    def measure(self, pictures: tf.Tensor, reconstruction: tf.Tensor) -> tf.Tensor:
        return mse(pictures, reconstruction)


class Mae(_Distortion):
    """Is `weight` times the mean absolute error of values in [0, 255]."""

    def measure(self, pictures: tf.Tensor, reconstruction: tf.Tensor) -> tf.Tensor:
        return mae(pictures, reconstruction)


class Charbonnier(_Distortion):
    """Is `weight` times Charbonnier's smooth absolute error of values in [0, 255]."""

    def measure(self, pictures: tf.Tensor, reconstruction: tf.Tensor) -> tf.Tensor:
        return charbonnier(pictures, reconstruction)
