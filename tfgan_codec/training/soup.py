"""Averages the weights of several trained codecs, a "model soup" (Wortsman et al., 2022)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tfgan_codec.errors import UsageError


def stir(models: Sequence[tf.keras.Model]) -> tf.keras.Model:
    """Gives the first codec the mean of all codecs' weights, and returns it.

    Like an ensemble it can be better than each, yet decodes in one decoder's time. It works for
    runs that share their beginning (--init_from), whose weights lie in one valley of the loss; runs
    from different seeds do not, and their average is noise. Weights that are equal in all, such as
    a frozen encoder's, stay the same to the last bit.
    """
    first, *others = models
    shapes = [v.shape for v in first.variables]
    if any([v.shape for v in other.variables] != shapes for other in others):
        raise UsageError("only codecs of the same sizes can be averaged")
    for places in zip(*(model.variables for model in models)):
        if places[0].dtype.is_floating:
            values = [place.numpy() for place in places]
            places[0].assign(np.mean(values, axis=0, dtype=np.float64))
    return first
