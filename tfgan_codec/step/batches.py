"""Checks batches of training pictures."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tfgan_codec.errors import UsageError

NOT_FINITE = "the training pictures hold NaN or infinite values: clean the dataset"


def checked(pictures: tf.Tensor) -> tf.Tensor:
    """Returns the pictures unchanged if they can be trained on; raises `UsageError` if not."""
    shape: Any = pictures.shape if isinstance(pictures, tf.Tensor) else ()
    if len(shape) != 4 or shape[3] != 3 or None in shape[1:]:
        raise UsageError(
            "a dataset must give batches of pictures [batch, height, width, 3] whose sides "
            f"are fixed, not {shape or type(pictures).__name__}"
        )
    if shape[1] % 16 or shape[2] % 16:
        raise UsageError(
            f"pictures of {shape[2]}x{shape[1]} cannot be trained on: crop them to multiples of 16"
        )
    if pictures.dtype.is_floating:
        pictures = tf.debugging.assert_all_finite(pictures, NOT_FINITE)
    return pictures


def check_parts(batch: int | None, parts: int) -> None:
    """Raises `UsageError` unless a batch can be cut into that number of equal parts."""
    if batch is not None and batch % parts:
        raise UsageError(
            f"a batch of {batch} cannot be cut into {parts} parts: use a multiple of that, "
            "or neither own_batches nor accumulate"
        )
