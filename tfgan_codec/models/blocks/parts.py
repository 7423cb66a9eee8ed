"""What the bundle of a codec consists of, before its networks are converted."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_codec.bundle.normative import Normative
from tfgan_codec.layers.reach import reach

Function = Callable[[tf.Tensor], tf.Tensor]


class Reaching(NamedTuple):
    """A function and how many input positions to each side its output depends on."""

    function: Function
    reach: int

    @classmethod
    def of(cls, network: tf.keras.Sequential) -> Reaching:
        return cls(network, reach(network.layers))


class Parts(NamedTuple):
    """Functions, what decides the parse, and gains [256, C]; the synthesis is the codec's own.

    mean: None for codecs with a context model, which predicts means as well.
    """

    analysis: Reaching
    hyper_analysis: Reaching
    mean: Reaching | None
    normative: Normative
    gain: np.ndarray
    inverse_gain: np.ndarray
