"""Reads flatbuffers, the format of ``.tflite`` files, without trusting an offset in them.

A flatbuffer is made of tables, which point to each other. A table starts with the distance back to
its vtable, which says where each numbered field lies, if it is there at all. Readers in C++ follow
all these offsets wherever they lead; here each is checked before it is followed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.errors import BundleError

_MAX_STRING = 1 << 16


class Table:
    """Holds one table of a flatbuffer. All methods take the number of a field.

    Attributes:
      fields: the numbers of the fields that are there.
    """

    def __init__(self, data: bytes, position: int) -> None:
        self._data, self._position = data, position
        vtable = position - self._read("<i", position)
        size = self._read("<H", vtable)
        self._size = self._read("<H", vtable + 2)
        if size < 4 or size % 2 or vtable < 0 or vtable % 2 or position % 4:
            raise _broken()
        self._inside(vtable, size)
        self._inside(position, max(self._size, 4))
        offsets = struct.unpack_from(f"<{size // 2 - 2}H", data, vtable + 4)
        self.fields = {number: offset for number, offset in enumerate(offsets) if offset}

    @classmethod
    def root(cls, data: bytes) -> Table:
        """Returns the table that a whole file is."""
        if len(data) < 8:
            raise _broken()
        return cls(data, int.from_bytes(data[:4], "little"))

    def scalar(self, field: int, kind: str, default: Any = 0) -> Any:
        """Returns a number, `kind` being its letter in `struct`."""
        if field not in self.fields:
            return default
        size, offset = struct.calcsize(kind), self.fields[field]
        if offset < 4 or offset + size > self._size or (self._position + offset) % size:
            raise _broken()
        return self._read(f"<{kind}", self._position + offset)

    def table(self, field: int) -> Table | None:
        """Returns a table that is a field."""
        return Table(self._data, self._target(field)) if field in self.fields else None

    def tables(self, field: int, most: int) -> list[Table]:
        """Returns a list of at most `most` tables."""
        start, count = self._vector(field, 4, most)
        return [Table(self._data, self._follow(start + 4 * i)) for i in range(count)]

    def numbers(self, field: int, kind: str, most: int) -> NDArray[Any]:
        """Returns a list of at most `most` numbers of a type as NumPy names it, such as "<i4"."""
        start, count = self._vector(field, np.dtype(kind).itemsize, most)
        return np.frombuffer(self._data, kind, count, start)

    def string(self, field: int) -> bytes | None:
        """Returns a text, which a zero byte follows in the file."""
        if field not in self.fields:
            return None
        start, count = self._vector(field, 1, _MAX_STRING)
        self._inside(start + count, 1)
        if self._data[start + count]:
            raise _broken()
        return self._data[start : start + count]

    def _vector(self, field: int, size: int, most: int) -> tuple[int, int]:
        """Returns where a vector's first element lies and how many there are; none if it is not
        there."""
        if field not in self.fields:
            return 0, 0
        start = self._target(field)
        count = self._read("<I", start)
        if count > most or (start + 4) % min(size, 8):
            raise _broken()
        self._inside(start + 4, count * size)
        return start + 4, count

    def _target(self, field: int) -> int:
        offset = self.fields[field]
        if offset < 4 or offset + 4 > self._size:
            raise _broken()
        return self._follow(self._position + offset)

    def _follow(self, position: int) -> int:
        target = position + int(self._read("<I", position))
        if target % 4:
            raise _broken()
        return target

    def _read(self, kind: str, position: int) -> Any:
        self._inside(position, struct.calcsize(kind))
        return struct.unpack_from(kind, self._data, position)[0]

    def _inside(self, start: int, size: int) -> None:
        if start < 0 or start + size > len(self._data):
            raise _broken()


def require_fields(tables: Iterable[Table], known: int) -> None:
    """Raises `BundleError` where a table has a field of a number that is not in 0..`known` - 1."""
    for table in tables:
        if any(number >= known for number in table.fields):
            raise BundleError("a network was made by a newer converter than this package knows")


def _broken() -> BundleError:
    return BundleError("a network's file is damaged: something in it lies outside of it")
