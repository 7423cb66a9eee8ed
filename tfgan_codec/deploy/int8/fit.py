"""Trains a calibrated chain as it is quantised, which halves what is left of the loss."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_codec.deploy.int8 import chain as chains
from tfgan_codec.deploy.int8.chain import Chain
from tfgan_codec.deploy.int8.quantized import PIXELS, QuantizedChain

_WINDOW, _BATCH = 12, 4  # latents a side, and windows per step


def fit(
    network: QuantizedChain,
    exact: Chain,
    latents: np.ndarray,
    steps: int,
    learning_rate: float = 1e-4,
) -> None:
    """Brings the rounded network nearer to the exact one by `steps` steps on windows of latents.

    The target is not the originals, as the decoder was trained for more than mean squared error.
    """
    variables = [*network.kernels, *network.biases]
    schedule = tf.keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    optimizer = tf.keras.optimizers.Adam(schedule)
    random = np.random.default_rng(0)

    @tf.function
    def step(windows: tf.Tensor) -> None:
        target = tf.clip_by_value(chains.run(exact, windows), *PIXELS)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(network(windows) - target))
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))

    for _ in range(steps):
        step(tf.constant(_windows(latents, random)))


def _windows(latents: np.ndarray, random: np.random.Generator) -> np.ndarray:
    height, width = latents.shape[1:3]
    side = min(_WINDOW, height, width)
    cut = []
    for which in random.integers(0, len(latents), _BATCH):
        top, left = random.integers(0, height - side + 1), random.integers(0, width - side + 1)
        cut.append(latents[which, top : top + side, left : left + side])
    return np.stack(cut)
