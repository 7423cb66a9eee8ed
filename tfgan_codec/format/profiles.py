"""The colour profiles that a ``.tgc`` file names in one byte (`docs/format.md`, "Known profiles").

Each is made from the numbers of its publication: where red, green, blue and white lie, and the
curve from stored levels to light. A profile made here is a complete, small ICC profile of version
4, with which any program shows the picture. Only the standard library is used.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from tfgan_codec.errors import BitstreamError
from tfgan_codec.format.fields import Reader, chunk, inflate, varint

Curve = tuple[float, ...]  # gamma alone, or gamma, a, b, c, d of ICC's parametric curve 3
Chromaticity = tuple[float, float]  # x, y of CIE 1931

RELATIVE_D50 = (0.9642, 1.0, 0.8249)  # the white of ICC's connection space, X, Y, Z
_D65, _D50 = (0.3127, 0.3290), (0.3457, 0.3585)
# Bradford's matrix from D65 to D50, row by row, in the unit of `Profile.colorants`.
D65_TO_D50 = (68674, 1502, -3291, 1939, 64912, -1119, -606, 988, 49262)
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_GAMMA_2_2, _GAMMA_1_8 = (2 + 51 / 256,), (1 + 205 / 256,)  # as Adobe's profiles round them
_FIXED = 1 << 16  # ICC's fixed-point numbers count parts of 1/65536


class Profile(NamedTuple):
    """Holds what a profile says.

    colorants: X, Y, Z of red, green and blue, one after the other, adapted to D50 by the Bradford
    matrix, in 1/65536. They stand here as integers so that all machines make the same profile. None
    when grey.
    """

    name: str
    primaries: tuple[Chromaticity, Chromaticity, Chromaticity] | None
    white: Chromaticity
    colorants: tuple[int, ...] | None
    curve: Curve

    def icc(self) -> bytes:
        """Returns the profile as ICC's file format has it."""
        space = b"GRAY" if self.colorants is None else b"RGB "
        white = struct.pack(">3i", *(round(x * _FIXED) for x in RELATIVE_D50))
        curve, xyz = _curve_tag(self.curve), b"XYZ \0\0\0\0"
        tags = {b"desc": _text(self.name), b"cprt": _text("CC0"), b"wtpt": xyz + white}
        if self.colorants is None:
            tags[b"kTRC"] = curve
        else:
            for i, colour in enumerate(b"rgb"):
                numbers = self.colorants[3 * i : 3 * i + 3]
                tags[bytes([colour]) + b"XYZ"] = xyz + struct.pack(">3i", *numbers)
                tags[bytes([colour]) + b"TRC"] = curve
            if self.white == _D65:
                tags[b"chad"] = b"sf32\0\0\0\0" + struct.pack(">9i", *D65_TO_D50)
        head = struct.pack(">8xI4s4s4s", 0x04200000, b"mntr", space, b"XYZ ")
        head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp")
        head = head.ljust(68, b"\0") + white
        return _with_tags(head.ljust(128, b"\0"), tags)


SRGB = Profile(
    "sRGB",
    ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    _D65,
    (28576, 14581, 912, 25239, 46983, 6361, 9375, 3972, 46787),
    _SRGB_CURVE,
)
SRGB_GREY = Profile("sRGB grey", None, _D65, None, _SRGB_CURVE)
NUMBERS = 8  # of which 0, 6 and 7 are free: data in zlib's format has no fewer bytes than that
KNOWN = {
    1: Profile(
        "Display P3",
        ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
        _D65,
        (33759, 15807, -69, 19135, 45367, 2745, 10296, 4363, 51385),
        _SRGB_CURVE,
    ),
    2: Profile(
        "Adobe RGB (1998)",
        ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)),
        _D65,
        (39960, 20389, 1276, 13453, 41004, 3989, 9777, 4143, 48795),
        _GAMMA_2_2,
    ),
    3: Profile(
        "ProPhoto RGB",
        ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)),
        _D50,
        (52279, 18878, 0, 8858, 46653, 1, 2053, 5, 54060),
        _GAMMA_1_8,
    ),
    4: Profile("Gray Gamma 2.2", None, _D65, None, _GAMMA_2_2),
    5: Profile("Gray Gamma 1.8", None, _D65, None, _GAMMA_1_8),
}


def number_of(icc: bytes) -> int | None:
    """Returns the number of a profile that `Profile.icc` made, None for all others."""
    return next((number for number, known in KNOWN.items() if known.icc() == icc), None)


def chunk_of(icc: bytes) -> bytes:
    """Returns a profile as it stands in a file: its number, or a chunk with the packed profile."""
    number = number_of(icc)
    return chunk(zlib.compress(icc, 9)) if number is None else varint(number)


def take(reader: Reader) -> bytes | int:
    """Reads what `chunk_of` wrote: packed data, or a number in place of a length, which is too
    short for any data."""
    length = reader.varint("length of the ICC profile")
    return reader.packed(length, "ICC profile") if length >= NUMBERS else length


def unpacked(taken: bytes | int) -> bytes:
    """Returns the profile that `take` found; `BitstreamError` if it is damaged or not known."""
    if isinstance(taken, bytes):
        return inflate(taken, "ICC profile")
    if taken not in KNOWN:
        raise BitstreamError(
            f"the file names colour profile number {taken}, which this version does not know; "
            "install another version of tfgan_codec"
        )
    return KNOWN[taken].icc()


def _text(text: str) -> bytes:
    """Returns a text in English as ICC's type `mluc`."""
    data = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII4sII", 1, 12, b"enUS", len(data), 28) + data


def _curve_tag(curve: Curve) -> bytes:
    """Returns a curve as ICC's type `curv`, with one gamma, or `para`."""
    if len(curve) == 1:
        return b"curv" + struct.pack(">4xIH", 1, round(curve[0] * 256))
    return b"para" + struct.pack(">4xHxx5i", 3, *(round(x * _FIXED) for x in curve))


def _with_tags(head: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Returns a profile: its header, 128 bytes, with the length put in, and tags. Tags of the same
    contents are stored once."""
    table, data, places = struct.pack(">I", len(tags)), b"", dict[bytes, int]()
    start = len(head) + 4 + 12 * len(tags)
    for name, contents in tags.items():
        if contents not in places:
            places[contents] = start + len(data)
            data += contents + bytes(-len(contents) % 4)
        table += name + struct.pack(">II", places[contents], len(contents))
    whole = head + table + data
    return struct.pack(">I", len(whole)) + whole[4:]
