"""Tests of colour profiles: known ones are recognised by what they mean, others are converted."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import sample_pictures
from PIL import Image, ImageCms

from tfgan_codec.format.profiles import KNOWN, SRGB, SRGB_GREY, Profile
from tfgan_codec.pictures import colour

ALL = [SRGB, SRGB_GREY, *KNOWN.values()]
# X, Y, Z of red, green and blue as the profiles of their inventors have them.
PUBLISHED = {
    "sRGB": "0.43607 0.22249 0.01392 0.38515 0.71687 0.09708 0.14307 0.06061 0.71410",
    "Display P3": "0.51512 0.24120 -0.00105 0.29198 0.69225 0.04189 0.15710 0.06657 0.78407",
    "Adobe RGB (1998)": "0.60974 0.31111 0.01947 0.20528 0.62567 0.06087 0.14919 0.06322 0.74457",
    "ProPhoto RGB": "0.79767 0.28804 0.00000 0.13519 0.71188 0.00000 0.03134 0.00009 0.82491",
}
REC_2020 = "0.67348 0.27904 -0.00194 0.16566 0.67535 0.02998 0.12505 0.04561 0.79686"


def with_colorants(profile: Profile, numbers: str) -> Profile:
    return profile._replace(colorants=tuple(round(float(x) * 65536) for x in numbers.split()))


@pytest.mark.parametrize("profile", ALL, ids=lambda each: each.name)
@pytest.mark.parametrize("entries", [256, 1024, 4096])
def test_recognised_whatever_way_the_curve_is_stored(profile: Profile, entries: int) -> None:
    assert colour.recognised(profile.icc()) is profile
    icc = sample_pictures.tabulated(profile, entries)
    ImageCms.ImageCmsProfile(io.BytesIO(icc))  # littleCMS accepts it
    found, expected = colour.meaning(icc), colour.meaning(profile.icc())
    assert np.abs(found.curves - expected.curves).max() < 0.5 / entries
    assert colour.recognised(icc) is profile


@pytest.mark.parametrize("name", PUBLISHED)
def test_recognised_by_the_numbers_of_its_inventor(name: str) -> None:
    profile = next(each for each in ALL if each.name == name)
    icc = sample_pictures.tabulated(with_colorants(profile, PUBLISHED[name]))
    assert colour.recognised(icc) is profile


@pytest.mark.parametrize(("number", "slope"), [(2, 1 / 32), (3, 1 / 16)])
def test_recognised_with_a_straight_start(number: int, slope: float) -> None:
    """Some makers keep gamma curves from starting flat, as colour engines do anyway."""
    (gamma,) = KNOWN[number].curve
    meet = slope ** (1 / (gamma - 1))
    profile = KNOWN[number]._replace(curve=(gamma, 1.0, 0.0, slope, meet))
    assert colour.recognised(profile.icc()) is KNOWN[number]
    assert colour.recognised(sample_pictures.tabulated(profile)) is KNOWN[number]


def test_littlecms_srgb_is_recognised() -> None:
    assert colour.recognised(sample_pictures.rgb_profile()) is SRGB


@pytest.mark.parametrize(
    "other",
    [
        SRGB._replace(curve=(2.2,)),
        KNOWN[1]._replace(curve=(2.2,)),
        KNOWN[2]._replace(curve=(2.4,)),
        KNOWN[4]._replace(curve=(2.0,)),
        KNOWN[4]._replace(curve=(1.0,)),
        with_colorants(KNOWN[1], REC_2020),
        SRGB._replace(colorants=tuple(x + 200 for x in SRGB.colorants)),
    ],
    ids=["sRGB 2.2", "P3 2.2", "Adobe 2.4", "grey 2.0", "grey 1.0", "Rec. 2020", "off by 0.3 %"],
)
def test_others_are_not(other: Profile) -> None:
    for icc in (other.icc(), sample_pictures.tabulated(other)):
        assert colour.meaning(icc) is not None
        assert colour.recognised(icc) is None


@pytest.mark.parametrize(
    ("kind", "numbers", "light"),
    [
        (0, (2.0,), lambda x: x**2),
        (1, (2.0, 1.25, -0.25), lambda x: np.where(x >= 0.2, (1.25 * x - 0.25) ** 2, 0)),
        (2, (2.0, 1.0, -0.5, 0.25), lambda x: np.where(x >= 0.5, (x - 0.5) ** 2 + 0.25, 0.25)),
        (
            3,
            (2.0, 0.75, 0.25, 0.5, 0.5),
            lambda x: np.where(x >= 0.5, (0.75 * x + 0.25) ** 2, x / 2),
        ),
        (
            4,
            (2.0, 0.5, 0.25, 0.5, 0.5, 0.25, 0.125),
            lambda x: np.where(x >= 0.5, (0.5 * x + 0.25) ** 2 + 0.25, 0.5 * x + 0.125),
        ),
    ],
)
def test_parametric_curves(kind: int, numbers: tuple[float, ...], light: object) -> None:
    """The five of the ICC specification, "parametricCurveType"."""
    fixed = [round(x * 65536) for x in numbers]
    tag = b"para" + struct.pack(f">4xHxx{len(fixed)}i", kind, *fixed)
    assert np.allclose(colour._curve(tag), light(np.linspace(0, 1, 256)), atol=1e-12)


def test_lookup_tables_win_over_the_matrix() -> None:
    """As programs use them: then the colorants may say something else."""
    icc = SRGB.icc()
    at = icc.index(b"cprt")
    assert colour.meaning(icc[:at] + b"A2B0" + icc[at + 4 :]) is None


def test_damaged_profiles_mean_nothing() -> None:
    rng = np.random.default_rng(0)
    whole = sample_pictures.tabulated(KNOWN[2], 64)
    for _ in range(2000):
        damaged = bytearray(whole[: rng.integers(len(whole))] if rng.integers(2) else whole)
        for _ in range(4):
            if damaged:
                damaged[rng.integers(min(len(damaged), 400))] = rng.integers(256)
        found = colour.meaning(bytes(damaged))
        assert found is None or np.isfinite(found.curves).all()
        colour.recognised(bytes(damaged))
    for size in range(len(whole)):
        colour.recognised(whole[:size])


def test_conversion_to_srgb() -> None:
    """Display P3's red is beyond sRGB's; its grey is sRGB's grey."""
    image = Image.new("RGB", (2, 1), (128, 128, 128))
    image.putpixel((1, 0), (255, 0, 0))
    shown = colour.to_srgb(image, KNOWN[1].icc())
    assert shown.mode == "RGB"
    assert np.abs(np.asarray(shown).astype(int)[0] - [[128] * 3, [255, 0, 0]]).max() <= 1
    grey = colour.to_srgb(Image.new("L", (1, 1), 128), KNOWN[5].icc())
    light = (128 / 255) ** (2 + 205 / 256 - 1)  # of gamma 1.8
    expected = 255 * (1.055 * light ** (1 / 2.4) - 0.055)
    assert grey.mode == "L"
    assert grey.getpixel((0, 0)) == pytest.approx(expected, abs=1)


def test_profiles_that_cannot_be_used() -> None:
    image = Image.new("RGB", (2, 2))
    for icc in (b"", b"profile", KNOWN[4].icc(), KNOWN[1].icc()[:200]):
        assert colour.to_srgb(image, icc) is None
    assert colour.description(b"profile") == "without a name"
    assert colour.description(KNOWN[1].icc()) == "Display P3"
    hostile = KNOWN[1]._replace(name="P3\x1b[31m\n" + "x" * 5000).icc()
    name = colour.description(hostile)
    assert name.isprintable()
    assert len(name) < 100
