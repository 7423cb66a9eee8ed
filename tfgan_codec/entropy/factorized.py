"""Models each channel by a learned density of its own (Balle et al., 2018, appendix 6.1)."""

import numpy as np
import tensorflow as tf

from tfgan_codec.compression import NoisyDeepFactorized
from tfgan_codec.entropy.contract import EntropyOutput, total_bits
from tfgan_codec.entropy.noise import uniform_noise
from tfgan_codec.entropy.saved_tables import SavedTables
from tfgan_codec.format import tables
from tfgan_codec.layers.rounding import inward_clip, round_half_up, straight_through_round

LIMIT = 127
# Values less likely than this share the escape symbol.
TAIL_MASS = 2.0**-20
# Hyper-latents start near zero; a much wider density takes thousands of steps to narrow.
_INIT_SCALE = 2.0


class FactorizedEntropy(tf.keras.layers.Layer):
    """Codes whole numbers in [-127, 127], each channel with its own `NoisyDeepFactorized`.

    The clip bounds what the integer scale decoder may receive; trained hyper-latents stay far
    inside it. `tables` has one row per channel.

    Args:
        channels: the number of channels that are coded.
        noisy: whether the decoder, too, gets noisy values in training, not rounded ones.
    """

    def __init__(self, channels: int, noisy: bool = False, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.channels = channels
        self.noisy = noisy
        self.prior = NoisyDeepFactorized(batch_shape=(channels,), init_scale=_INIT_SCALE)
        self.tables = SavedTables(channels, width=2 * LIMIT + 3)

    def call(self, y: tf.Tensor, training: bool, seed: tf.Tensor) -> EntropyOutput:
        y = inward_clip(y, -float(LIMIT), float(LIMIT))
        if training:
            noisy = y + uniform_noise(y, seed, stream=0)
            bits = {"z": total_bits(self.prior.log_prob(noisy))}
            return EntropyOutput(noisy if self.noisy else straight_through_round(y), bits)
        y = round_half_up(y)
        return EntropyOutput(y, {"z": total_bits(self.prior.log_prob(y))})

    def rounded(self, y: tf.Tensor) -> tf.Tensor:
        """Returns the whole numbers that are coded for y, as float32."""
        return round_half_up(tf.clip_by_value(y, -float(LIMIT), float(LIMIT)))

    def symbols(self, y: tf.Tensor) -> tf.Tensor:
        """Returns the whole numbers that are coded for y, as int32."""
        return tf.cast(self.rounded(y), tf.int32)

    def prepare_for_coding(self) -> None:
        values = tf.range(-LIMIT, LIMIT + 1, dtype=tf.float32)
        likelihoods = tf.exp(self.prior.log_prob(values[:, None])).numpy().T.astype(np.float64)
        pmfs, offsets = [], []
        for likelihood in likelihoods:
            used = np.flatnonzero(likelihood > TAIL_MASS)
            first, last = used[0], used[-1] + 1
            inside = likelihood[first:last]
            pmfs.append([*inside, max(1.0 - inside.sum(), TAIL_MASS)])
            offsets.append(int(first) - LIMIT)
        self.tables.assign(tables.build_tables(pmfs, offsets))
