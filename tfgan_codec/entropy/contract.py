"""Says what every entropy model of the project offers."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import tensorflow as tf


class EntropyOutput(NamedTuple):
    """Holds what an entropy model makes of latents, and their estimated cost."""

    latents: tf.Tensor  # as the decoder will see them, [batch, h, w, channels]
    bits: dict[str, tf.Tensor]  # by the stream's name, float32 [batch]


class EntropyModel(Protocol):
    """Estimates the rate of latents y [batch, h, w, channels], and prepares tables for files.

    In training the rate is that of latents with uniform noise (Balle et al., 2017), and the decoder
    gets rounded latents with straight-through gradients. Otherwise both use the rounded latents,
    and the bits are those an ideal coder would need. `seed` (int32 [2]) makes the noise
    reproducible: a step is a function of its inputs.
    """

    def __call__(self, y: tf.Tensor, training: bool, seed: tf.Tensor) -> EntropyOutput: ...

    def prepare_for_coding(self) -> None:
        """Computes the integer tables and keeps them in variables, saved with the weights; calling
        it again changes nothing."""


def total_bits(log_likelihood: tf.Tensor) -> tf.Tensor:
    """Returns the bits, [batch], of natural log-likelihoods [batch, ...]."""
    axes = tuple(range(1, log_likelihood.shape.rank))
    return tf.reduce_sum(log_likelihood, axes) / -tf.math.log(2.0)
