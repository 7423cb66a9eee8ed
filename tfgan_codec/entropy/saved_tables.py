"""Keeps coding tables in variables, which are saved and restored with the weights."""

import numpy as np
import tensorflow as tf

from tfgan_codec.errors import UsageError
from tfgan_codec.format.tables import Tables


class SavedTables(tf.keras.layers.Layer):
    """Holds `rows` tables of up to `width - 1` symbols, the escape symbol included.

    Tables are computed once, from float probabilities, and from then on only copied: another
    machine might compute another last bit.
    """

    def __init__(self, rows: int, width: int, **kwargs):
        super().__init__(dtype="int32", **kwargs)
        self.width = width
        variable = {"initializer": "zeros", "trainable": False}
        self.cdf = self.add_weight("cdf", (rows, width), tf.int32, **variable)
        self.length = self.add_weight("length", (rows,), tf.int32, **variable)
        self.offset = self.add_weight("offset", (rows,), tf.int32, **variable)

    def assign(self, tables: Tables) -> None:
        missing = self.width - tables.cdf.shape[1]
        self.cdf.assign(np.pad(tables.cdf, [(0, 0), (0, missing)]))
        self.length.assign(tables.length)
        self.offset.assign(tables.offset)

    def read(self) -> Tables:
        tables = Tables(self.cdf.numpy(), self.length.numpy(), self.offset.numpy(), escape=True)
        if not tables.length.all():
            raise UsageError("this model has no coding tables yet: call prepare_for_coding() first")
        return tables
