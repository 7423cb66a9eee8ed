"""Random crops from a folder tree of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from tfgan_codec.errors import UsageError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
# Crops are cut from pictures shrunk by up to this factor, as far as their size allows: shrinking
# hides the traces of the JPEG compression most training pictures have been through.
SMALLEST_SCALE = 0.6


def picture_files(folder: str | Path) -> list[Path]:
    """All picture files below `folder`, sorted."""
    files = [p for p in sorted(Path(folder).rglob("*")) if p.suffix.lower() in SUFFIXES]
    if not files:
        raise UsageError(f"no pictures found below {folder}: give --data a folder of photographs")
    return files


def read_picture(path: bytes | str | Path, smallest_side: int) -> np.ndarray:
    """RGB uint8 picture, enlarged if a side is below `smallest_side`."""
    with Image.open(path.decode() if isinstance(path, bytes) else path) as picture:
        rgb = picture.convert("RGB")
    short = min(rgb.size)
    if short < smallest_side:
        scale = smallest_side / short
        size = [max(smallest_side, round(side * scale)) for side in rgb.size]
        rgb = rgb.resize(size, Image.Resampling.BICUBIC)
    return np.asarray(rgb)


def crops(folder: str | Path, crop: int, batch: int, seed: int, first_step: int = 0):
    """Endless dataset of uint8 batches [batch, crop, crop, 3].

    Decoded pictures are kept in memory. Order, scale, place and flip of each crop are functions of
    (seed, number of the crop), so a run resumed at `first_step` sees what it would have seen.
    """
    files = [str(path) for path in picture_files(folder)]
    pictures: dict[int, np.ndarray] = {}
    count = len(files)

    def cut(number: np.ndarray) -> np.ndarray:
        epoch, place = divmod(int(number), count)
        which = int(np.random.default_rng((seed, 0, epoch)).permutation(count)[place])
        if which not in pictures:
            pictures[which] = read_picture(files[which], crop)
        return random_crop(pictures[which], crop, np.random.default_rng((seed, 1, int(number))))

    def load(number: tf.Tensor) -> tf.Tensor:
        return tf.ensure_shape(tf.numpy_function(cut, [number], tf.uint8), (crop, crop, 3))

    numbers = tf.data.Dataset.range(first_step * batch, np.iinfo(np.int64).max)
    dataset = numbers.map(load, num_parallel_calls=2, deterministic=True)
    return dataset.batch(batch, drop_remainder=True).prefetch(4)


def random_crop(picture: np.ndarray, crop: int, random: np.random.Generator) -> np.ndarray:
    """A crop at a random place, scale and orientation."""
    height, width = picture.shape[:2]
    lowest = max(SMALLEST_SCALE, crop / min(height, width))
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
