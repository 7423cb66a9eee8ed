"""In which floating point format networks compute."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import tensorflow as tf


@contextlib.contextmanager
def precision(policy: str | tf.keras.mixed_precision.Policy) -> Iterator[None]:
    """Inside `with`, layers are built under this policy of Keras, such as "mixed_bfloat16".

    Keras keeps one policy for the whole process, so the one before comes back at the end, after an
    error as well: other networks of the same process must not be built under it.
    """
    before = tf.keras.mixed_precision.global_policy()
    tf.keras.mixed_precision.set_global_policy(policy)
    try:
        yield
    finally:
        tf.keras.mixed_precision.set_global_policy(before)
