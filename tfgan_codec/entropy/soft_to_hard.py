"""Quantises softly to five levels and estimates their entropy, as MobileViT-GAN does.

Latents take the values -2..2 (Eq. 3; Agustsson et al., 2017). In training their cost is estimated
as if they were rounded samples of a normal distribution per channel (Eq. 4), whose mean and
deviation are learned: "the encoder's final layer output follows N(beta_i, alpha_i^2)". In files
they are coded with one static table per channel, counted on training pictures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from tfgan_codec.entropy.contract import EntropyOutput
from tfgan_codec.entropy.saved_tables import SavedTables
from tfgan_codec.errors import UsageError
from tfgan_codec.format import tables

OFFSET, SYMBOLS = -2, 5  # the lowest value, and how many there are
SMALLEST_DEVIATION = 0.2  # below, float32 loses the outer values' probabilities
CENTRES = tuple(float(OFFSET + i) for i in range(SYMBOLS))


class SoftToHardEntropy(tf.keras.layers.Layer):
    """Rounds to the nearest centre; gradients are those of the soft assignment to all centres.

    Args:
        channels: the number of channels of the latents.
        sigma: hardness of the soft assignment, `softmax(-sigma |y - centre|)`. The paper
            says "the sigmoid function", an evident slip; in its source sigma is a number.

    `tables` has one row per channel; `cost` holds the bits of each symbol that evaluation counts
    once tables are set. Until then it counts Eq. 4's.
    """

    def __init__(self, channels: int, sigma: float = 1.0, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.channels = channels
        self.sigma = sigma
        self.tables = SavedTables(channels, width=SYMBOLS + 2)
        self.cost = self.add_weight(
            "cost",
            (channels, SYMBOLS),
            initializer=tf.keras.initializers.Constant(
                np.tile(-np.log2(normal_probabilities()), (channels, 1))
            ),
            trainable=False,
        )

    def call(
        self,
        y: tf.Tensor,
        training: bool,
        seed: tf.Tensor | None = None,
        mean: tf.Tensor | float = 0.0,
        deviation: tf.Tensor | float = 1.0,
    ) -> EntropyOutput:
        """Quantises y; mean and deviation are those of Eq. 4's normal distribution, per channel:
        beta and alpha of the ChannelNorm that made y, if one did."""
        y = tf.cast(y, tf.float32)
        hard = nearest_centre(y)
        if not training:
            counted = tf.reduce_sum(tf.one_hot(_symbols(hard), SYMBOLS) * self.cost, axis=-1)
            measured = tf.reduce_all(self.tables.length > 0)
            bits = tf.where(measured, counted, normal_bits(hard, mean, deviation))
            return EntropyOutput(hard, {"y": tf.reduce_sum(bits, axis=(1, 2, 3))})
        soft = soft_assignment(y, self.sigma)
        latents = soft + tf.stop_gradient(hard - soft)
        bits = normal_bits(latents, mean, deviation)
        return EntropyOutput(latents, {"y": tf.reduce_sum(bits, axis=(1, 2, 3))})

    def rounded(self, y: tf.Tensor) -> tf.Tensor:
        """Returns the whole numbers -2..2 that are coded for y, as float32."""
        return nearest_centre(tf.cast(y, tf.float32))

    def measure(self, symbols: Iterable[np.ndarray]) -> None:
        """Sets each channel's table to the shares of the values -2..2 in int arrays [..., C].

        Every value counts once more than it was seen, so that all stay possible.
        """
        counts = np.ones((self.channels, SYMBOLS), np.int64)
        for values in symbols:
            for channel in range(self.channels):
                flat = values[..., channel].ravel() - OFFSET
                counts[channel] += np.bincount(flat, minlength=SYMBOLS)
        if counts.sum() == counts.size:
            raise UsageError("no pictures to measure the coding tables on")
        self._set_tables(counts)

    def prepare_for_coding(self) -> None:
        """Sets the fixed tables of the standard normal, unless others were measured before."""
        if not tf.reduce_all(self.tables.length > 0):
            self._set_tables(np.tile(normal_probabilities(), (self.channels, 1)))

    def _set_tables(self, shares: np.ndarray) -> None:
        # The format has an escape symbol in each table; nothing here uses it.
        built = tables.build_tables([[*row, 0.0] for row in shares], OFFSET)
        self.tables.assign(built)
        self.cost.assign(tables.PRECISION - np.log2(np.diff(built.cdf)[:, :SYMBOLS]))


def nearest_centre(y: tf.Tensor) -> tf.Tensor:
    return tf.clip_by_value(tf.floor(y + 0.5), CENTRES[0], CENTRES[-1])


def soft_assignment(y: tf.Tensor, sigma: float) -> tf.Tensor:
    """Returns Eq. 3, the mean of the centres weighted by how near to y they are."""
    centres = tf.constant(CENTRES, y.dtype)
    weights = tf.nn.softmax(-sigma * tf.abs(y[..., None] - centres))
    return tf.reduce_sum(weights * centres, axis=-1)


def normal_bits(
    latents: tf.Tensor, mean: tf.Tensor | float = 0.0, deviation: tf.Tensor | float = 1.0
) -> tf.Tensor:
    """Returns Eq. 4, `-log2` of a normal distribution's mass around each value, tails at -2 and 2.

    It is computed on the value's own side of the mean, where the difference of two normal
    distribution functions keeps its precision. Deviations count as `SMALLEST_DEVIATION` at least,
    whatever their sign.
    """
    mean = tf.convert_to_tensor(mean, tf.float32)
    deviation = tf.maximum(tf.abs(tf.convert_to_tensor(deviation, tf.float32)), SMALLEST_DEVIATION)
    side = tf.where(latents < mean, -1.0, 1.0)
    size = side * (latents - mean)
    above_near, above_far = _upper((size - 0.5) / deviation), _upper((size + 0.5) / deviation)
    # An outer value has all that lies beyond it too: away from the mean, or across it.
    outward = side * latents > CENTRES[-1] - 0.5
    inward = side * latents < CENTRES[0] + 0.5
    middle = tf.where(inward, 1.0 - above_far, above_near - above_far)
    probability = tf.where(outward, above_near, middle)
    return -tf.math.log(tf.maximum(probability, 1e-9)) / float(np.log(2.0))


def normal_probabilities() -> np.ndarray:
    """Returns what the standard normal has at -2..2: 0.0668, 0.2417, 0.3829, 0.2417, 0.0668."""
    above = [0.5 * math.erfc((centre - 0.5) / math.sqrt(2.0)) for centre in CENTRES]
    return np.array([1.0 - above[1], *np.subtract(above[1:-1], above[2:]), above[-1]])


def _upper(x: tf.Tensor) -> tf.Tensor:
    """Returns 1 - Phi(x), the standard normal's mass above x."""
    return 0.5 * tf.math.erfc(x * float(np.sqrt(0.5)))


def _symbols(hard: tf.Tensor) -> tf.Tensor:
    return tf.cast(hard - CENTRES[0], tf.int32)
