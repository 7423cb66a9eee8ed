"""The contract of losses: what they are given and what they return."""

from typing import NamedTuple, Protocol

import tensorflow as tf


class LossValue(NamedTuple):
    """Holds a loss and what it is made of, one value per picture."""

    total: tf.Tensor  # what is minimised, [batch]
    parts: dict[str, tf.Tensor]  # figures to report by name, each [batch]


class Loss(Protocol):
    """Maps pictures [batch, h, w, 3] in [0, 255] and a codec's output to a `LossValue`.

    Attributes:
        names: of the parts. Each call gives all of them, so that metrics can be made before it.
    """

    names: tuple[str, ...]

    def __call__(self, pictures: tf.Tensor, output) -> LossValue: ...
