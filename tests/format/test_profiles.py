"""Tests of the known colour profiles: numbers from their publications, one byte in a file."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from tfgan_codec.errors import BitstreamError
from tfgan_codec.format import container, profiles
from tfgan_codec.format.container import TgcFile, pack, parse, parse_layers
from tfgan_codec.format.profiles import KNOWN, NUMBERS, SRGB, Profile

FILE = TgcFile(b"\x01\x02\x03", 768, 512, 87, (b"stream of symbols",))
LAYERS = FILE._replace(streams=(b"coarse", b"finer one", b"the finest of them"))
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
COLOURED = [SRGB, *(profile for profile in KNOWN.values() if profile.primaries)]


def xyz(chromaticity: tuple[float, float]) -> np.ndarray:
    x, y = chromaticity
    return np.array([x / y, 1, (1 - x - y) / y])


def adaptation(profile: Profile) -> np.ndarray:
    """Bradford's matrix from the profile's white to D50, as the ICC specification has it."""
    source, target = BRADFORD @ xyz(profile.white), BRADFORD @ np.array(profiles.RELATIVE_D50)
    return np.linalg.inv(BRADFORD) @ np.diag(target / source) @ BRADFORD


def to_d50(profile: Profile) -> np.ndarray:
    """The matrix from linear RGB to X, Y, Z under D50, from the primaries and white."""
    columns = np.stack([xyz(each) for each in profile.primaries], axis=1)
    return adaptation(profile) @ columns @ np.diag(np.linalg.solve(columns, xyz(profile.white)))


def light(profile: Profile, levels: np.ndarray) -> np.ndarray:
    """The light of stored levels 0..1."""
    if len(profile.curve) == 1:
        return levels ** profile.curve[0]
    gamma, a, b, c, d = profile.curve
    return np.where(levels >= d, (a * levels + b) ** gamma, c * levels)


@pytest.mark.parametrize("profile", COLOURED, ids=lambda each: each.name)
def test_colorants_follow_from_primaries_and_white(profile: Profile) -> None:
    matrix = to_d50(profile)
    assert np.allclose(matrix.sum(1), profiles.RELATIVE_D50, atol=1e-12)  # white is white
    assert np.round(matrix.T * 65536).astype(int).ravel().tolist() == list(profile.colorants)


def test_matrix_of_adaptation() -> None:
    expected = np.round(adaptation(SRGB) * 65536).astype(int).ravel().tolist()
    assert expected == list(profiles.D65_TO_D50)


@pytest.mark.parametrize("profile", COLOURED, ids=lambda each: each.name)
def test_littlecms_shows_the_colours_that_the_numbers_mean(profile: Profile) -> None:
    levels = np.random.default_rng(0).integers(0, 256, [1, 2000, 3], np.uint8)
    linear = light(profile, levels / 255) @ to_d50(profile).T @ np.linalg.inv(to_d50(SRGB)).T
    inside = ((linear > 0.004) & (linear < 0.996)).all(-1)
    assert inside.sum() > 300
    steps = np.linspace(0, 1, 65537)
    expected = np.interp(linear, light(SRGB, steps), steps) * 255
    shown = ImageCms.profileToProfile(
        Image.fromarray(levels),
        ImageCms.ImageCmsProfile(io.BytesIO(profile.icc())),
        ImageCms.createProfile("sRGB"),
    )
    assert np.abs(np.asarray(shown) - expected)[inside].max() < 1.1


@pytest.mark.parametrize("number", KNOWN)
def test_one_byte_in_a_file(number: int) -> None:
    icc = KNOWN[number].icc()
    for file in (FILE, LAYERS):
        plain, blob = pack(file), pack(file._replace(icc=icc))
        assert len(blob) == len(plain) + 1
        assert blob[12] == number  # after magic, flags, model id, width, height and quality
        assert parse(blob).file == file._replace(icc=icc)
        assert parse(blob).sizes.icc == 1
        assert container.overhead(file._replace(icc=icc)).extra == 1


def test_a_profile_that_differs_in_a_bit_is_stored() -> None:
    icc = KNOWN[1].icc()
    for changed in (icc + b"\0", icc[:-1] + bytes([icc[-1] ^ 1])):
        file = FILE._replace(icc=changed)
        assert parse(pack(file)).file == file
        assert parse(pack(file)).sizes.icc > 100


@pytest.mark.parametrize("number", sorted(set(range(NUMBERS)) - set(KNOWN)))
def test_unknown_numbers_are_refused(number: int) -> None:
    def with_crc(body: bytes) -> bytes:
        return body + zlib.crc32(body).to_bytes(4, "little")

    blob = with_crc(b"TGC\x11\x01\x02\x03\x01\x01\x57" + bytes([number]) + b"payload")
    for read in (parse, parse_layers):
        with pytest.raises(BitstreamError, match=f"profile number {number}, .* another version"):
            read(blob)


@given(st.binary(max_size=40), st.integers(0, 9))
def test_packed_data_is_never_as_short_as_a_number(data: bytes, level: int) -> None:
    assert len(zlib.compress(data, level)) >= NUMBERS
