"""Says what codecs give to losses, and what losses make of it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import tensorflow as tf


class CodecOutput(NamedTuple):
    """Holds what a codec makes of a batch of pictures.

    reconstruction: the decoded pictures, float32 [batch, h, w, 3] in [0, 255], unclipped.
    bits: the estimated bits of each stream by its name, float32 [batch].
    latents: what the synthesis received, [batch, h / 16, w / 16, channels].
    quality: the quality level of each picture, float32 [batch] in [0, 255].
    rounded_bits: in training, the bits of rounded latents where `bits` are those of noisy ones;
        None where the two are the same or the codec does not tell.
    coarse: the results of codecs with several scales at the smaller ones, the smallest first;
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
