"""Generalized divisive normalization (Balle et al., 2016), as all codecs use it."""

from __future__ import annotations

import tensorflow as tf

from tfgan_codec.compression import GDN


def gdn(inverse: bool = False, name: str | None = None) -> tf.keras.layers.Layer:
    """Returns a layer `x / (beta + gamma |x|)`, or with `inverse` `x * (beta + gamma |x|)` (IGDN).

    The exponents are TFC's defaults (alpha = epsilon = 1): no square and no root, which costs
    nothing in rate-distortion terms and converts to ABS, CONV, DIV in TFLite.
    """
    return GDN(inverse=inverse, name=name)
