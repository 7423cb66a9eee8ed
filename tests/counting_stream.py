"""A stream that tells how much of it was needed."""

from __future__ import annotations

import io


class CountingStream(io.BytesIO):
    """A file that remembers how many bytes were read of it."""

    count = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data
