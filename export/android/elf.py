"""Reads of an ELF file, such as a native library, what matters to Android's loader."""

from __future__ import annotations

import struct

_LOAD = 1  # the type of segments that are mapped into memory


def page_alignment(data: bytes) -> int:
    """Returns `p_align` of a library: the largest page, in bytes, on which it can be loaded.

    That is the least alignment of its segments that are loaded. `ValueError` for other files.
    """
    if data[:4] != b"\x7fELF" or data[4:6] not in (b"\1\1", b"\2\1"):
        raise ValueError("not a little-endian ELF file")
    wide = data[4] == 2
    try:
        (table,) = struct.unpack_from("<Q" if wide else "<I", data, 32 if wide else 28)
        size, count = struct.unpack_from("<HH", data, 54 if wide else 42)
        found: list[int] = []
        for at in range(table, table + size * count, size or 1):
            (kind,) = struct.unpack_from("<I", data, at)
            layout, offset = ("<Q", 48) if wide else ("<I", 28)
            if kind == _LOAD:
                found += struct.unpack_from(layout, data, at + offset)
    except struct.error as error:
        raise ValueError(f"an ELF file that is cut short: {error}") from error
    if not found:
        raise ValueError("an ELF file without segments to load")
    return min(found)
