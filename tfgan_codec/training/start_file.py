"""Keeps a trained codec in one small file that other runs can start from.

Bundles hold what coding needs, checkpoints all that a run needs to go on. A start file holds all
weights of a codec, without discriminators and optimizers, and the settings of its run: an eighth of
a checkpoint.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tfgan_codec import outputs
from tfgan_codec.errors import UsageError
from tfgan_codec.specs import settings
from tfgan_codec.training.build import build_model
from tfgan_codec.training.config import RunConfig

_SETTINGS = "settings"


def holds(path: str | Path) -> bool:
    """Returns whether there is a start file at a path, by its content."""
    try:
        with zipfile.ZipFile(path) as stored:
            return f"{_SETTINGS}.npy" in stored.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


FILE = outputs.Kind("a codec to start from", ".npz", holds)


def write(model: tf.keras.Model, config: Mapping[str, Any], path: str | Path) -> None:
    """Writes a codec and the settings of its run.

    Weights are rounded to float16 (a relative error of up to 2^-11) where that holds them; whole
    numbers are exact.
    """
    arrays = {_name(number): _narrow(v.numpy()) for number, v in enumerate(model.variables)}
    with outputs.written(path) as file:
        np.savez_compressed(file, **arrays, **{_SETTINGS: np.array(json.dumps(config))})


def read(path: str | Path) -> tf.keras.Model:
    """Returns the codec in a start file."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
            config = settings.make(RunConfig, json.loads(str(arrays.pop(_SETTINGS))))
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        raise UsageError(f"{path} is damaged; write it again with python -m export.start") from None
    model = build_model(config)
    shapes = {_name(number): tuple(v.shape) for number, v in enumerate(model.variables)}
    if shapes != {name: array.shape for name, array in arrays.items()}:
        raise UsageError(f"{path} holds other networks than {config.model} has today")
    for number, variable in enumerate(model.variables):
        variable.assign(arrays[_name(number)].astype(variable.dtype.as_numpy_dtype))
    return model


def _name(number: int) -> str:
    return f"{number:05d}"


def _narrow(values: np.ndarray) -> np.ndarray:
    wide = values.dtype.kind != "f" or np.any(np.abs(values) > np.finfo(np.float16).max)
    return values if wide else values.astype(np.float16)
