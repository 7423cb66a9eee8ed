"""What the bundle of each kind of codec consists of."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.deploy.reach import reach
from tfgan_codec.entropy.static import coding_tables
from tfgan_codec.format.context_model import ContextModel
from tfgan_codec.format.geometry import HYPER_STRIDE, QUALITIES
from tfgan_codec.format.tables import Tables
from tfgan_codec.models.adversarial import Adversarial
from tfgan_codec.models.blocks.static import StaticCodec

Function = Callable[[tf.Tensor], tf.Tensor]


class Reaching(NamedTuple):
    """A function and how many input positions to each side its output depends on."""

    function: Function
    reach: int


class Parts(NamedTuple):
    """Functions, coding tables and gains [256, C]; the other networks are the model's own."""

    analysis: Function
    hyper_analysis: Reaching
    mean: Reaching | None  # none with a context model, which predicts means as well
    z_tables: Tables
    y_tables: Tables
    gain: np.ndarray
    inverse_gain: np.ndarray
    context: ContextModel | None = None


def parts_of(model) -> Parts:
    """The parts of a model whose tables are prepared."""
    if isinstance(model, StaticCodec):
        return _static(model)
    entropy = model.entropy
    channels = model.analysis.output_shape[-1]
    gains = getattr(model, "gains", None)  # codecs of one rate have none
    gain, inverse = gains.tables() if gains else (np.ones((QUALITIES, channels), np.float32),) * 2
    mean = None
    if not isinstance(model, Adversarial):
        mean = Reaching(entropy.mean_decoder, reach(entropy.mean_decoder))
    return Parts(
        model.analyse,
        Reaching(entropy.hyper_analysis, reach(entropy.hyper_analysis)),
        mean,
        entropy.side.tables.read(),
        entropy.tables.read(),
        gain,
        inverse,
        model.integer_context() if mean is None else None,
    )


def _static(model: StaticCodec) -> Parts:
    """Static tables in the format of the hyperprior: z and the means are zeros."""
    channels = model.entropy.channels
    to_z = tf.zeros([1, 1, channels, 1])
    to_mean = tf.zeros([1, 1, 1, HYPER_STRIDE**2 * channels])

    def hyper_analysis(y: tf.Tensor) -> tf.Tensor:
        return tf.nn.conv2d(y, to_z, HYPER_STRIDE, "VALID")

    def mean(z: tf.Tensor) -> tf.Tensor:
        return tf.nn.depth_to_space(tf.nn.conv2d(z, to_mean, 1, "VALID"), HYPER_STRIDE)

    ones = np.ones((QUALITIES, channels), np.float32)
    return Parts(
        lambda pictures: model.entropy.rounded(model.analyse(pictures)),
        Reaching(hyper_analysis, 0),
        Reaching(mean, 0),
        *coding_tables(model.entropy.tables.read()),
        ones,
        ones,
    )
