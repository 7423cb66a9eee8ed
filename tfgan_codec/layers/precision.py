"""Chooses the floating point format in which networks compute."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import tensorflow as tf


@contextlib.contextmanager
def precision(policy: str | tf.keras.mixed_precision.Policy) -> Iterator[None]:
    """Sets Keras' policy, such as "mixed_bfloat16", for the layers that are built inside a `with`.

    Keras keeps one policy for the whole process. The one before comes back at the end, also after
    an error, so that no other networks of the process are built under this one.
    """
    before = tf.keras.mixed_precision.global_policy()
    tf.keras.mixed_precision.set_global_policy(policy)
    try:
        yield
    finally:
        tf.keras.mixed_precision.set_global_policy(before)
