"""Nearness to what a larger decoder makes of the same latents (Hinton et al., 2015)."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from tfgan_codec.losses.contract import LossValue
from tfgan_codec.losses.distortion import mse


class Distillation:
    """Mean squared error to the teacher's pictures.

    They hold what can be known from the latents; the originals hold much that cannot, which for a
    small network is noise.
    """

    names = ("to_teacher",)

    def __init__(self, teacher: Callable[[tf.Tensor], tf.Tensor]):
        self.teacher = teacher

    def __call__(self, pictures: tf.Tensor, output) -> LossValue:
        wanted = tf.stop_gradient(self.teacher(output.latents))
        distance = mse(output.reconstruction, wanted)
        return LossValue(distance, {"to_teacher": distance})
