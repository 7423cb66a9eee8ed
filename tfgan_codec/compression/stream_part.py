"""What a stream is made of, whichever implementation codes it."""

from typing import NamedTuple

import numpy as np

from tfgan_codec.format.tables import Tables


class StreamPart(NamedTuple):
    """Holds symbols that follow each other in a stream and share tables."""

    values: np.ndarray  # int32
    indexes: np.ndarray  # the row of `tables` for each value, whole numbers of the same shape
    tables: Tables
