"""Makes Keras' optimizers by name."""

from __future__ import annotations

import inspect
from typing import Any

import tensorflow as tf

from tfgan_codec.specs.grammar import parse
from tfgan_codec.specs.names import check_arguments, choose

_NAMES = ("Adam", "AdamW", "Adamax", "Nadam", "Adafactor", "Lion", "RMSprop", "SGD")


def build(text: str, **settings: Any) -> tf.keras.optimizers.Optimizer:
    """Makes an optimizer from a text such as `adam` or `adamw:weight_decay=1e-4`, with any of
    Keras' arguments. `settings` are more of them, which the text cannot change."""
    name, arguments = parse(text)
    optimizers = {known.lower(): getattr(tf.keras.optimizers, known) for known in _NAMES}
    maker = choose("optimizer", name, optimizers)
    known = set(inspect.signature(maker).parameters) - set(settings)
    check_arguments(f"optimizer {name}", arguments, known)
    return maker(**arguments, **settings)
