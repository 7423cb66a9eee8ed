"""What a codec gives, and what a loss makes of it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import tensorflow as tf


class CodecOutput(NamedTuple):
    """Result of a codec's `call`.

    reconstruction: float32 pictures in [0, 255], unclipped.
    bits: per stream, float32 [batch].
    latents: what the synthesis received.
    quality: per picture, float32 [batch] in [0, 255].
    rounded_bits: in training, the bits of rounded latents where `bits` are those of noisy ones;
        None where the two are the same or the codec does not tell.
    coarse: of codecs with several scales, the results at the smaller ones, the smallest first;
        `bits` then has a stream for each scale in this order.
    """

    reconstruction: tf.Tensor
    bits: dict[str, tf.Tensor]
    latents: tf.Tensor
    quality: tf.Tensor
    rounded_bits: dict[str, tf.Tensor] | None = None
    coarse: tuple[CodecOutput, ...] = ()


class LossValue(NamedTuple):
    """Holds a loss and what it is made of, one value per picture."""

    total: tf.Tensor  # what is minimised, [batch]
    parts: dict[str, tf.Tensor]  # figures to report by name, each [batch]


class Loss(Protocol):
    """Maps pictures [batch, h, w, 3] in [0, 255] and a codec's output to a `LossValue`.

    Attributes:
        names: of the parts. Each call gives all of them, so that metrics can be made before it.
    """

    @property
    def names(self) -> tuple[str, ...]: ...

    def __call__(self, pictures: tf.Tensor, output: CodecOutput) -> LossValue: ...
