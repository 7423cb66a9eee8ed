"""Defines what the bundle of a codec consists of, before its networks are converted."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.bundle.normative import Normative
from tfgan_codec.layers.reach import reach

Function = Callable[[tf.Tensor], tf.Tensor]


class Reaching(NamedTuple):
    """Holds a function with its reach."""

    function: Function
    reach: int  # input positions to each side that an output depends on

    @classmethod
    def of(cls, network: tf.keras.Sequential) -> Reaching:
        return cls(network, reach(network.layers))


class Parts(NamedTuple):
    """Holds what goes into a bundle beside the synthesis, which is the codec's own."""

    analysis: Reaching
    hyper_analysis: Reaching
    mean: Reaching | None  # None for codecs with a context model, which predicts means as well
    normative: Normative
    gain: np.ndarray  # float32 [256, C]
    inverse_gain: np.ndarray  # float32 [256, C]
