"""Reads zip files that anybody can have written: what they inflate to is bounded before it is.

A kilobyte of zip may inflate to a megabyte, and zips lie in zips. Networks and tables hardly
deflate at all, so an honest bundle never comes near these bounds.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from tfgan_codec.errors import BundleError, shown

MAX_MEMBERS = 128
LEAST = 1 << 24  # bytes that the smallest zip may inflate to
RATIO = 8  # how many times its length a longer one may


class Archive:
    """Reads the members of one zip file, stored or deflated; raises `BundleError`.

    Attributes:
      names: of all members.
    """

    def __init__(self, place: Path | IO[bytes], nbytes: int, most: int | None = None) -> None:
        """Opens a zip file of `nbytes` bytes, of which members of at most `most` bytes together can
        be read, by default what its length makes plausible."""
        self._zip = zipfile.ZipFile(place)
        self._left = max(LEAST, RATIO * nbytes) if most is None else most
        self.names = self._zip.namelist()
        if len(self.names) > MAX_MEMBERS or len(set(self.names)) < len(self.names):
            raise BundleError(
                f"a zip file has {len(self.names)} members; at most {MAX_MEMBERS}, of different "
                "names, are read"
            )

    def read(self, name: str) -> bytes:
        """Returns the contents of a member; `KeyError` if there is none."""
        member = self._zip.getinfo(name)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BundleError(f"{shown(name)} is neither stored nor deflated; export again")
        self._left -= member.file_size
        if self._left < 0:
            raise BundleError(
                f"{shown(name)} inflates to {member.file_size} bytes, which is out of proportion: "
                "a damaged or hostile zip file"
            )
        with self._zip.open(member) as stream:
            # The length is asked for, as a member may go on longer than it says.
            data = stream.read(member.file_size)
        if len(data) != member.file_size:
            raise BundleError(f"{shown(name)} is cut short; copy the bundle again")
        return data
