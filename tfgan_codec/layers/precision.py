"""Chooses the floating point format in which networks compute."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path

import tensorflow as tf

_CPUS = Path("/proc/cpuinfo")


@functools.cache
def fast_bfloat16() -> bool:
    """Whether this machine's processor multiplies bfloat16 numbers, as far as Linux says; others
    would have to imitate it."""
    flags = _CPUS.read_text(encoding="utf-8") if _CPUS.exists() else ""
    return "avx512_bf16" in flags or "amx_bf16" in flags


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
