"""What every entropy model of the project offers."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import tensorflow as tf


class EntropyOutput(NamedTuple):
    """Latents as the decoder will see them, and their estimated cost.

    bits: per stream name, float32 [batch].
    """

    latents: tf.Tensor
    bits: dict[str, tf.Tensor]


class EntropyModel(Protocol):
    """`call` for training and estimates; the rest for files.

    In training the rate is that of latents with uniform noise (Balle et al., 2017), the decoder
    gets rounded latents with straight-through gradients. Otherwise both use the rounded latents,
    and the bits are those an ideal coder would need. `seed` (int32 [2]) makes the noise
    reproducible: a step is a function of its inputs.
    """

    def __call__(self, y: tf.Tensor, training: bool, seed: tf.Tensor) -> EntropyOutput: ...

    def prepare_for_coding(self) -> None:
        """Fixes the integer tables as variables, which are saved with the weights; idempotent."""


def total_bits(log_likelihood: tf.Tensor) -> tf.Tensor:
    """Natural log-likelihoods [batch, ...] -> bits [batch]."""
    axes = tuple(range(1, log_likelihood.shape.rank))
    return tf.reduce_sum(log_likelihood, axes) / -tf.math.log(2.0)
