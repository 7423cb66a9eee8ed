"""Distillation (Hinton et al., 2015): a small decoder learns to give a larger one's pictures."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from tfgan_codec.losses.contract import CodecOutput, LossValue
from tfgan_codec.losses.distortion import mse


class Distillation:
    """Is the mean squared error, values in [0, 255], to the pictures the teacher makes of latents.

    These hold what can be known from the latents. The originals hold much that cannot, which is
    noise to a small network.
    """

    names = ("to_teacher",)

    def __init__(self, teacher: Callable[[tf.Tensor], tf.Tensor]):
        self.teacher = teacher

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue:
        wanted = tf.stop_gradient(self.teacher(output.latents))
        distance = mse(output.reconstruction, wanted)
        return LossValue(distance, {"to_teacher": distance})
