"""The range coder in pure Python. Its streams are byte for byte TensorFlow Compression's.

G. N. N. Martin, "Range encoding", 1979, with 16-bit probabilities, a 32-bit interval and output in
16-bit steps; `docs/format.md` has the whole algorithm. The formulation here differs from TFC's:
the encoder adds its carries once, at the end, and the decoder keeps only the distance from the
interval's start. The loops are plain Python on purpose: ints in local variables, lists, no numpy
scalars; two to three million low-rate symbols per second.
"""

from __future__ import annotations

from bisect import bisect
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tfgan_codec.errors import BitstreamError, UsageError
from tfgan_codec.format.tables import MAX_GAMMA, PRECISION, TOTAL, Tables, to_symbols

_FULL = 1 << 32
_LOW_WORD = 0xFFFF


class RangeEncoder:
    """Writes any number of value arrays, each with its own tables, into one stream."""

    def __init__(self) -> None:
        self._low = 0
        self._size = _FULL
        self._words: list[int] = []  # 17 bits each: the top bit is a carry not yet added

    def encode(self, values: ArrayLike, indexes: ArrayLike, tables: Tables) -> None:
        """Appends `values` in row-major order; value i is coded with table ``indexes[i]``."""
        low, size, emit = self._low, self._size, self._words.append
        for lower, upper in zip(*_intervals(values, indexes, tables)):
            start = size * lower >> PRECISION
            size = (size * upper >> PRECISION) - start
            low += start
            if size <= TOTAL:
                emit(low >> 16)
                low = (low & _LOW_WORD) << 16
                size <<= 16
        self._low, self._size = low, size

    def finish(self) -> bytes:
        """Returns the stream: all words so far, then the fewest bytes that name the interval."""
        low, size = self._low % _FULL, self._size
        straddles = low + size > _FULL  # then end on the next carry: its zeros need not be written
        carry = (self._low >> 32) + straddles
        words = self._words[:]
        for i in range(len(words) - 1, -1, -1):
            carry += words[i]
            words[i] = carry & _LOW_WORD
            carry >>= 16
        head = np.array(words, ">u2").tobytes()
        if straddles:
            return head.rstrip(b"\0")
        if low == 0:
            return head
        shift = _final_shift(low, size)
        return head + (-(-low >> shift)).to_bytes((32 - shift) // 8, "big")


class RangeDecoder:
    """Reads back, with the same calls in the same order, what an `RangeEncoder` wrote.

    Any bytes give values, or a `BitstreamError` at an escaped value that is too large, in time
    proportional to the number of values asked for. As in TFC, bytes past the end read as zero, and
    `finish` misses most truncations, so a container needs its own checksum. (Nor is reading far
    past the end an error: thousands of equal values may code to a single byte.)

    Attributes:
      nbytes: the length of the stream.
    """

    def __init__(self, data: bytes) -> None:
        self.nbytes = len(data)
        self._data = bytes(data) + b"\0" * (len(data) % 2)
        self._code = int.from_bytes(self._word(0) + self._word(2), "big")
        self._size = _FULL
        self._position = 4
        self._rows: _Rows | None = None  # of the tables used last

    def decode(self, indexes: ArrayLike, tables: Tables) -> NDArray[np.int32]:
        """Reads one value for each table index; the result has the shape of `indexes`."""
        index = np.asarray(indexes)
        if index.size and not 0 <= index.min() <= index.max() < len(tables.length):
            raise UsageError(f"table indexes must be in 0..{len(tables.length) - 1}")
        if self._rows is None or self._rows.tables is not tables:
            self._rows = _Rows(tables)
        rows = self._rows
        data, code, size, position = self._data, self._code, self._size, self._position
        values: list[int] = []
        emit = values.append
        for mode_lower, mode_upper, mode, cdf, offset, escape in map(
            rows.__getitem__, index.ravel().tolist()
        ):
            # Most values are the mode of their table: try it before searching.
            start = size * mode_lower >> PRECISION
            stop = size * mode_upper >> PRECISION
            if start <= code < stop:
                emit(mode)
            else:
                # The last symbol with size * cdf[symbol] >> 16 <= code.
                symbol = bisect(cdf, (((code + 1) << PRECISION) - 1) // size) - 1
                start = size * cdf[symbol] >> PRECISION
                stop = size * cdf[symbol + 1] >> PRECISION
                if symbol == escape:
                    self._code, self._size, self._position = code, size, position
                    self._narrow(start, stop)
                    emit(self._outside(escape) + offset)
                    code, size, position = self._code, self._size, self._position
                    continue
                emit(symbol + offset)
            code -= start
            size = stop - start
            if size <= TOTAL:
                code = code << 16 | int.from_bytes(data[position : position + 2], "big")
                size <<= 16
                position += 2
        self._code, self._size, self._position = code, size, position
        return np.array(values, np.int32).reshape(index.shape)

    def finish(self) -> None:
        """Raises `BitstreamError` if bytes are left, or if the last ones are not an encoder's."""
        if self._position < len(self._data):
            raise BitstreamError(
                "the coded data goes on after its last symbol: the file is damaged"
            )
        window = int.from_bytes(
            self._word(self._position - 4) + self._word(self._position - 2), "big"
        )
        low, size = (window - self._code) % _FULL, self._size
        end = 0
        if low and low + size <= _FULL:
            shift = _final_shift(low, size)
            end = -(-low >> shift) << shift
        if window != end:
            raise BitstreamError("the coded data ends wrongly: the file is damaged")

    def _outside(self, last: int) -> int:
        """Reads the Elias gamma code and sign after an escape; returns the value minus offset."""
        zeros = 0
        while not self._bit():
            zeros += 1
            if 1 << zeros > MAX_GAMMA:
                raise BitstreamError("an escaped value is too large: the file is damaged")
        gamma = 1
        for _ in range(zeros):
            gamma = gamma << 1 | self._bit()
        return -gamma if self._bit() else last + gamma - 1

    def _bit(self) -> int:
        half = self._size >> 1
        if self._code < half:
            self._narrow(0, half)
            return 0
        self._narrow(half, self._size)
        return 1

    def _narrow(self, start: int, stop: int) -> None:
        self._code -= start
        self._size = stop - start
        if self._size <= TOTAL:
            self._code = self._code << 16 | int.from_bytes(self._word(self._position), "big")
            self._size <<= 16
            self._position += 2

    def _word(self, position: int) -> bytes:
        return self._data[position : position + 2].ljust(2, b"\0")


class _Row(NamedTuple):
    mode_lower: int
    mode_upper: int
    mode: int  # the value itself
    cdf: list[int]
    offset: int
    escape: int  # symbol, or -1


class _Rows(dict[int, _Row]):
    """Maps table numbers to rows, each made when it is first used: a set can have hundreds."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def __missing__(self, number: int) -> _Row:
        cdf, length, offset, has_escape = self.tables
        row, size, first = cdf[number].tolist(), int(length[number]), int(offset[number])
        ordinary = size - int(has_escape)
        # A table with no ordinary symbol gets an empty interval, so that its mode is never taken.
        mode = int(np.argmax(np.diff(row[: ordinary + 1]))) if ordinary else 0
        upper = row[mode + 1] if ordinary else 0
        escape = ordinary if has_escape else -1
        made = self[number] = _Row(row[mode], upper, mode + first, row[: size + 1], first, escape)
        return made


def _intervals(
    values: ArrayLike, indexes: ArrayLike, tables: Tables
) -> tuple[list[int], list[int]]:
    """Returns the lower and upper bounds, 0..65536, of all that is to be coded, in order.

    An escape symbol is followed by the bits of its Elias gamma code and sign, each with even odds.
    """
    index = np.asarray(indexes, np.int64).ravel()
    symbol, gamma, negative = to_symbols(values, index, tables)
    lower = tables.cdf[index, symbol]
    upper = tables.cdf[index, symbol + 1]
    places: list[int] = []
    bits: list[int] = []
    for place in np.flatnonzero(gamma).tolist():
        digits = f"{gamma[place]:b}"
        code = "0" * (len(digits) - 1) + digits + str(int(negative[place]))
        places += [place + 1] * len(code)
        bits += map(int, code)
    if bits:
        half = np.array(bits, np.int32) * (TOTAL // 2)
        lower = np.insert(lower, places, half)
        upper = np.insert(upper, places, half + TOTAL // 2)
    return lower.tolist(), upper.tolist()


def _final_shift(low: int, size: int) -> int:
    """Returns 24 if ``low .. low + size - 1`` holds a multiple of 2^24, else 16: it holds one of
    2^16. The stream's last bytes are that multiple, so they are 1 or 2."""
    return 24 if (low - 1) >> 24 < (low + size - 1) >> 24 else 16
