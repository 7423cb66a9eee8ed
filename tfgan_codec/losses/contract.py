"""What a loss returns."""

from typing import NamedTuple, Protocol

import tensorflow as tf


class LossValue(NamedTuple):
    """total: what is minimised, [batch]. parts: named figures to report, each [batch]."""

    total: tf.Tensor
    parts: dict[str, tf.Tensor]


class Loss(Protocol):
    """Maps pictures [batch, h, w, 3] in [0, 255] and a codec's output to a `LossValue`.

    names: of the parts, all of them in every call, so that metrics exist before the first step.
    """

    names: tuple[str, ...]

    def __call__(self, pictures: tf.Tensor, output) -> LossValue: ...
