"""Changes bytes as damage, and as malice, would."""

from __future__ import annotations

import numpy as np

_WORDS = (0, 1, 2, 3, 4, 5, 127, 128, 255, 256, 65535, 65536, 1 << 24, (1 << 31) - 1, 1 << 31)
_WORDS += ((1 << 32) - 1, (1 << 32) - 4, (1 << 32) - 128)


def mutated(data: bytes, rng: np.random.Generator, most: int = 4) -> bytes:
    """Returns `data` with one to `most` changes: of a byte, a bit, a number of two or four bytes,
    or a stretch that is cut out, doubled, moved or filled."""
    result = bytearray(data)
    for _ in range(int(rng.integers(1, most + 1))):
        how, size = int(rng.integers(8)), max(len(result), 1)
        at = int(rng.integers(size))
        length = int(rng.integers(1, 1 + min(64, size)))
        word = int(_WORDS[rng.integers(len(_WORDS))])
        if how == 0:
            result[at : at + 1] = rng.bytes(1)
        elif how == 1 and result:
            result[at] ^= 1 << int(rng.integers(8))
        elif how in (2, 3):  # of flatbuffers' and most other numbers
            at -= at % 4
            value = word if how == 2 else (_number(result, at) + int(rng.integers(-64, 65)))
            result[at : at + 4] = (value % (1 << 32)).to_bytes(4, "little")
        elif how == 4:
            order = "little" if rng.integers(2) else "big"
            result[at : at + 2] = (word % (1 << 16)).to_bytes(2, order)
        elif how == 5:
            del result[at : at + length]
        elif how == 6:
            other = int(rng.integers(size))
            result[at : at + length] = result[other : other + length]
        else:
            result[at : at + length] = bytes([int(rng.integers(256))]) * length
    return bytes(result)


def _number(data: bytearray, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")
