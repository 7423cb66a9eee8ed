"""Reads pictures from TensorFlow Datasets (TFDS)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tfgan_codec.errors import ImageError, UsageError


class TfdsSource:
    """Is a `sources.Source` of the feature `image` of a dataset, as `tfds.data_source` gives it.

    Resuming needs pictures by number, which of TFDS' file formats only ArrayRecord offers; a
    dataset that is not there yet is downloaded and prepared in that format.
    """

    def __init__(self, name: str, split: str):
        import tensorflow_datasets as tfds  # takes a second

        self._title = f"tfds:{name}@{split}"
        try:
            self._examples = tfds.data_source(
                name, split=split, builder_kwargs={"file_format": "array_record"}
            )
            self._count = len(self._examples)
        # TFDS and what it calls raise errors of many types.
        except Exception as error:
            reason = str(error).strip().split("\n")[0]
            raise UsageError(f"cannot open {self._title}: {reason}") from error
        if not self._count:
            raise UsageError(f"{self._title} is empty: name another split")
        if "image" not in self._examples[0]:
            raise UsageError(f"{self._title} has no feature called image")

    def __len__(self) -> int:
        return self._count

    def name(self, number: int) -> str:
        return f"{self._title}[{number}]"

    def read(self, number: int) -> np.ndarray:
        try:
            picture = np.asarray(self._examples[number]["image"])
        except Exception as error:
            raise ImageError(f"{self.name(number)} cannot be read: {error}") from error
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] not in (1, 3, 4):
            raise ImageError(f"{self.name(number)} is {picture.dtype} {picture.shape}, no picture")
        return np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture[..., :3]

    def inventory(self) -> Iterator[tuple[str, int]]:
        """Yields one entry, the dataset with its number of pictures: sizes are not known unread."""
        yield self._title, self._count
