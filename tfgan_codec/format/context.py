"""Codes latents with the integer context model, which predicts each from those before it.

Normative (`docs/format.md`, "Context model"): mean and scale of each latent decide how the stream
is parsed. Everything is therefore integer arithmetic with the bounds of `scales`, where float32
gives the same integers as int64 in any order of summation. So it does not matter how many latents
are predicted at once, or by what machine.

What is coded are whole latents q = round(y), as in Minnen et al. (2018), not residuals round(y -
mean). All context is then known before the first prediction, so that the encoder and the rate
estimate of training can predict all latents at once, exactly. Each latent has a discretised
Gaussian, whose tables exist for means of 0, 1/8, ... 7/8 (`FRACTIONS`): the whole part of the mean
is subtracted from q, its fraction chooses the table. Rounding means to eighths costs about 1e-2
bits per latent where the standard deviation is 0.3, and less elsewhere.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.format import wavefront
from tfgan_codec.format.context_model import ContextModel
from tfgan_codec.format.prediction import Predictor

_CHUNK = 4096  # latents predicted at once

Array = NDArray[Any]
Integers = NDArray[np.int32]
# Takes table numbers [n] and returns the values [n] that the stream holds next.
Read = Callable[[Array], Array]


class Coded(NamedTuple):
    """Holds latents in the order of the stream: the table of each, and the value coded with it."""

    tables: Integers
    values: Integers


def encode(model: ContextModel, features: Array, q: Integers) -> Coded:
    """Returns what the range coder has to write for latents q [h, w, C].

    Args:
      model: the context model.
      features: output of the hyper decoder, uint8 [h, w, C * hyper_features]; the features of one
        latent lie side by side.
      q: the latents.
    """
    predictor = Predictor(model, features)
    ordered = np.transpose(q, model.axes)
    predictor.canvas.fill(ordered)
    fronts = list(wavefront.fronts(predictor.shape, model.kernel))
    element = np.concatenate([predictor.elements(front) for front in fronts])
    cell = np.concatenate([predictor.canvas.cells(front) for front in fronts])
    tables, whole = np.empty(element.size, np.int32), np.empty(element.size, np.int32)
    for first in range(0, element.size, _CHUNK):
        part = slice(first, first + _CHUNK)
        tables[part], whole[part] = predictor(element[part], cell[part])
    values = ordered.reshape(-1)[element] - whole
    return Coded(tables, values.astype(np.int32))


def decode(
    model: ContextModel, features: Array, read: Read, at_once: int | None = None
) -> Integers:
    """Returns the latents q [h, w, C] of a stream.

    Args:
      model, features: as for `encode`.
      read: decodes the next values of the stream.
      at_once: the most latents to predict together, by default all of a front (`wavefront`). The
        result does not depend on it.
    """
    predictor = Predictor(model, features)
    result = np.empty(int(np.prod(predictor.shape)), np.int32)
    for front in wavefront.fronts(predictor.shape, model.kernel):
        all_elements, all_cells = predictor.elements(front), predictor.canvas.cells(front)
        step = at_once or len(all_elements)
        for first in range(0, len(all_elements), step):
            element, cell = all_elements[first : first + step], all_cells[first : first + step]
            tables, whole = predictor(element, cell)
            values = read(tables) + whole
            predictor.canvas.put(cell, values)
            result[element] = values
    order = np.argsort(model.axes)
    return np.ascontiguousarray(np.transpose(result.reshape(predictor.shape), order))
