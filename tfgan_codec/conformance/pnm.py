"""Reads and writes the pictures of the protocol: binary PGM, PPM and PAM files of 8 bits."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from tfgan_codec.errors import ImageError

Levels = NDArray[np.uint8]  # [height, width, channels]: grey, grey and alpha, RGB, or RGBA

_TYPES = {1: b"GRAYSCALE", 2: b"GRAYSCALE_ALPHA", 3: b"RGB", 4: b"RGB_ALPHA"}
_OLD = re.compile(rb"P([56])\s+(\d{1,9})\s+(\d{1,9})\s+255\s")
_FIELD = re.compile(rb"(WIDTH|HEIGHT|DEPTH|MAXVAL) +(\d{1,9})$")


def write(levels: Levels) -> bytes:
    """Returns a picture as a PAM file."""
    height, width, channels = levels.shape
    head = b"P7\nWIDTH %d\nHEIGHT %d\nDEPTH %d\nMAXVAL 255\nTUPLTYPE %s\nENDHDR\n" % (
        width,
        height,
        channels,
        _TYPES[channels],
    )
    return head + levels.tobytes()


def read(blob: bytes) -> Levels:
    """Returns the picture of a PGM, PPM or PAM file; `ImageError` where it is none of 8 bits."""
    old = _OLD.match(blob)
    if old:
        width, height = int(old[2]), int(old[3])
        return _shaped(blob[old.end() :], height, width, 1 if old[1] == b"5" else 3)
    head, end, body = blob.partition(b"ENDHDR\n")
    found = filter(None, map(_FIELD.match, head.split(b"\n")))
    fields = {field[1].decode(): int(field[2]) for field in found}
    if not end or not head.startswith(b"P7\n") or fields.pop("MAXVAL", 0) != 255:
        raise ImageError("the picture is no binary PGM, PPM or PAM file of 8 bits")
    if len(fields) != 3 or fields["DEPTH"] not in _TYPES:
        raise ImageError("the PAM file has no width, height or depth, or another depth than 1..4")
    return _shaped(body, fields["HEIGHT"], fields["WIDTH"], fields["DEPTH"])


def rgba(levels: Levels) -> Levels:
    """Returns a picture as RGBA [height, width, 4], so that all kinds can be compared."""
    channels = levels.shape[2]
    colours = levels[..., :3] if channels > 2 else np.repeat(levels[..., :1], 3, 2)
    opaque = np.full((*levels.shape[:2], 1), 255, np.uint8)
    return np.concatenate([colours, opaque if channels % 2 else levels[..., -1:]], 2)


def _shaped(body: bytes, height: int, width: int, channels: int) -> Levels:
    if len(body) != height * width * channels:
        raise ImageError(f"the picture has {len(body)} bytes, not {height}x{width}x{channels}")
    return np.frombuffer(body, np.uint8).reshape(height, width, channels)
