"""Cuts crops out of pictures: random ones for training, fixed ones for validation."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from PIL import Image

from tfgan_codec.data.pool import SMALLEST_SCALE, Pool


def crops(
    data: str | Sequence[str] | Pool,
    crop: int,
    batch: int,
    seed: int,
    first_step: int = 0,
    *,
    smallest_scale: float = SMALLEST_SCALE,
    workers: int = 1,
    worker: int = 0,
    replicas: int = 1,
) -> tf.data.Dataset:
    """Returns an endless dataset of uint8 batches [batch / (workers * replicas), crop, crop, 3].

    Picture, scale, place and flip of each crop are functions of (seed, number of the crop), so a
    run resumed at `first_step` sees what it would have seen.

    Args:
      data: folder, list, `tfds:NAME`, or several of these (`sources.open_source`); or a `Pool`.
      crop: side of the crops in pixels.
      batch: crops in a step, of all workers together.
      smallest_scale: pictures are shrunk to this share of their size at the least.
      workers, worker, replicas: how many workers there are, which of them asks, and into how many
        batches its share of a step is cut, one for each of its replicas.
    """
    pool = data if isinstance(data, Pool) else Pool(data)
    own = batch // workers  # crops that this worker cuts for a step

    def cut(index: np.ndarray) -> np.ndarray:
        step, place = divmod(int(index), own)
        number = step * batch + worker * own + place
        random = np.random.default_rng((seed, 1, number))
        return random_crop(pool.draw(seed, number), crop, random, smallest_scale)

    def load(index: tf.Tensor) -> tf.Tensor:
        return tf.ensure_shape(tf.numpy_function(cut, [index], tf.uint8), (crop, crop, 3))

    indexes = tf.data.Dataset.range(first_step * own, np.iinfo(np.int64).max)
    threads = os.cpu_count() or 1
    dataset = indexes.map(load, num_parallel_calls=threads, deterministic=True)
    return dataset.batch(own // replicas, drop_remainder=True).prefetch(4)


def random_crop(
    picture: np.ndarray,
    crop: int,
    random: np.random.Generator,
    smallest_scale: float = SMALLEST_SCALE,
) -> np.ndarray:
    """Returns a crop, uint8 [crop, crop, 3], at a random place and scale, half of them mirrored."""
    picture = enlarged(picture, crop)
    height, width = picture.shape[:2]
    lowest = max(smallest_scale, crop / min(height, width))
    # Half of the crops keep the full resolution.
    scale = 1.0 if random.random() < 0.5 else random.uniform(min(lowest, 1.0), 1.0)
    size = min(round(crop / scale), height, width)
    top = int(random.integers(height - size + 1))
    left = int(random.integers(width - size + 1))
    piece = picture[top : top + size, left : left + size]
    if size != crop:
        shrunk = Image.fromarray(piece).resize((crop, crop), Image.Resampling.BOX)
        piece = np.asarray(shrunk)
    if random.random() < 0.5:
        piece = piece[:, ::-1]
    return np.ascontiguousarray(piece)


def middle_crops(pool: Pool, crop: int, count: int) -> np.ndarray:
    """Returns the middles of up to `count` pictures, the same each time: uint8 [count, crop, crop,
    3]."""
    pieces = []
    for picture in (enlarged(picture, crop) for picture in pool.first(count)):
        top, left = ((side - crop) // 2 for side in picture.shape[:2])
        pieces.append(picture[top : top + crop, left : left + crop])
    return np.stack(pieces)


def enlarged(picture: np.ndarray, smallest_side: int) -> np.ndarray:
    """Returns the picture, enlarged where its shorter side is below `smallest_side` pixels."""
    short = min(picture.shape[:2])
    if short >= smallest_side:
        return picture
    scale = smallest_side / short
    height, width = (max(smallest_side, round(side * scale)) for side in picture.shape[:2])
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC))
