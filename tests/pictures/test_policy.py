"""Tests of what goes into a file beside the pixels, with each policy, and of what is said."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import sample_pictures
from PIL import Image

import tfgan_codec as tgc
from tfgan_codec.format import container, profiles
from tfgan_codec.format.profiles import KNOWN, SRGB, SRGB_GREY
from tfgan_codec.pictures import colour, policy
from tfgan_codec.pictures.picture import Picture

PIXELS = sample_pictures.pixels(60, 40)
CAMERA = sample_pictures.exif().tobytes()[6:]
UNUSUAL = sample_pictures.tabulated(KNOWN[1]._replace(curve=(2.4,)))  # Display P3, another curve


def profile_bytes(icc: bytes) -> int:
    return len(profiles.chunk_of(icc))


@pytest.fixture
def notes(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "tfgan_codec")
    return caplog


@pytest.mark.parametrize(
    ("wanted", "name"),
    [(True, "basic"), (False, "none"), ("basic", "basic"), ("none", "none"), ("keep", "keep")],
)
def test_names(wanted: policy.Wanted, name: str) -> None:
    assert policy.chosen(wanted) == name


@pytest.mark.parametrize("wanted", ["all", "", None, 1, b"keep"])
def test_other_names(wanted: object) -> None:
    with pytest.raises(tgc.UsageError, match="^metadata must be none, basic or keep, not "):
        policy.chosen(wanted)


@pytest.mark.parametrize("profile", [SRGB, SRGB_GREY], ids=lambda each: each.name)
def test_srgb_costs_nothing(profile, notes: pytest.LogCaptureFixture) -> None:
    icc = sample_pictures.tabulated(profile)
    picture = Picture(PIXELS, profile is SRGB_GREY, None, icc)
    for wanted in ("basic", "none"):
        assert policy.reduced(picture, wanted).icc is None
        assert policy.reduced(picture, wanted).rgb is PIXELS
    assert policy.reduced(picture, "keep").icc == icc
    assert notes.messages == ["the sRGB profile is left out: no profile means sRGB"] * 4


@pytest.mark.parametrize("number", KNOWN)
def test_known_profiles_cost_a_byte(number: int, notes: pytest.LogCaptureFixture) -> None:
    """And wide-gamut pixels stay as they are."""
    known = KNOWN[number]
    picture = Picture(PIXELS, known.colorants is None, None, sample_pictures.tabulated(known))
    found = policy.reduced(picture, "basic")
    assert found.icc == known.icc()
    assert found.rgb is PIXELS
    assert profile_bytes(found.icc) == 1
    assert policy.affordable(found, 1, "basic") is found
    assert notes.messages == [f"the profile is {known.name}, which takes one byte"]


def test_none_converts_to_what_no_profile_means(notes: pytest.LogCaptureFixture) -> None:
    """Without that, colours of Display P3 would look pale."""
    picture = Picture(PIXELS, icc=KNOWN[1].icc(), exif=CAMERA)
    found = policy.reduced(picture, "none")
    assert (found.icc, found.exif) == (None, None)
    difference = np.abs(found.rgb.astype(int) - PIXELS)
    assert 2 < difference.mean() < 20
    assert "converted from the profile Display P3 to sRGB" in notes.messages[-1]


def test_others_stay_while_they_take_at_most_two_percent(notes: pytest.LogCaptureFixture) -> None:
    picture = policy.reduced(Picture(PIXELS, icc=UNUSUAL), "basic")
    assert picture.icc == UNUSUAL
    cost = profile_bytes(UNUSUAL)
    assert policy.affordable(picture, 50 * cost, "basic") is picture
    assert not notes.messages
    converted = policy.affordable(picture, 50 * cost - 1, "basic")
    assert converted.icc is None
    assert not np.array_equal(converted.rgb, PIXELS)
    assert notes.messages == [
        f"converted from the profile without a name to sRGB: it would take {cost} of "
        f"{50 * cost - 1} bytes"
    ]
    assert policy.affordable(picture, 100, "keep") is picture


def test_grey_stays_grey() -> None:
    icc = sample_pictures.tabulated(KNOWN[5]._replace(curve=(1.5,)))
    grey = np.repeat(PIXELS[..., :1], 3, axis=2)
    found = policy.affordable(Picture(grey, True, None, icc), 1000, "basic")
    assert (found.grey, found.icc) == (True, None)
    assert np.array_equal(found.rgb[..., 0], found.rgb[..., 2])
    assert np.abs(found.rgb.astype(int) - grey).mean() > 5


def test_a_damaged_profile_is_left_out(notes: pytest.LogCaptureFixture) -> None:
    picture = Picture(PIXELS, icc=KNOWN[1].icc()[:150] + bytes(300))
    found = policy.affordable(picture, 100, "basic")
    assert (found.icc, found.rgb is PIXELS) == (None, True)
    assert "cannot be used, and is left out" in notes.text


def test_without_littlecms_the_profile_stays(
    notes: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy.features, "check", lambda name: name != "littlecms2")
    picture = Picture(PIXELS, icc=UNUSUAL)
    assert policy.affordable(picture, 100, "basic") is picture
    assert "lacks littleCMS" in notes.text


def test_exif_is_named_when_it_goes(notes: pytest.LogCaptureFixture) -> None:
    block = sample_pictures.exif()
    block[0x010E] = "what it shows"
    block.get_ifd(0x8825)[1] = "N"
    picture = Picture(PIXELS, exif=block.tobytes()[6:])
    assert policy.reduced(picture, "keep") is picture
    assert not notes.messages
    policy.reduced(picture, "basic")
    assert notes.messages == [
        "left out: 2 tags of EXIF, the place among them; metadata=keep keeps all"
    ]
    assert policy.reduced(picture, "none").exif is None


def test_a_profile_of_kilobytes_and_a_small_file(
    monkeypatch: pytest.MonkeyPatch, notes: pytest.LogCaptureFixture
) -> None:
    """At 0.0889 bits per pixel a 768x512 picture has 4369 bytes: none to spare for a profile."""
    codec = tgc.load("mobile")
    image = sample_pictures.image(768, 512)
    plain = len(codec.compress(image, bpp=0.0889))
    for profile, cost in (
        (SRGB, 0),
        (KNOWN[1], 1),
        (KNOWN[2], 1),
        (KNOWN[2]._replace(curve=(2.4,)), 0),
    ):
        icc = sample_pictures.tabulated(profile, ballast=500)
        assert 2500 < profile_bytes(icc) < 3500
        image.info["icc_profile"] = icc
        blob = codec.compress(image, bpp=0.0889)
        assert container.parse(blob).sizes.icc == cost
        assert 0.95 * plain < len(blob) <= 4369
        kept = container.parse(codec.compress(image, bpp=0.0889, metadata="keep"))
        assert kept.sizes.icc > 2500
        assert sum(kept.sizes.streams) < plain / 2


def test_of_a_quality_the_file_decides(tiny: tgc.Codec) -> None:
    """Two percent of a file that is known only when it is made."""
    image = sample_pictures.image(300, 200)
    image.info["icc_profile"] = UNUSUAL
    blob = tiny.compress(image, quality=100)
    assert container.parse(blob).file.icc is None
    converted = colour.to_srgb(image, UNUSUAL)
    assert blob == tiny.compress(np.asarray(converted), quality=100)
    large = Image.fromarray(np.tile(sample_pictures.pixels(600, 500), (4, 4, 1)))
    large.info["icc_profile"] = UNUSUAL
    blob = tiny.compress(large, quality=255)
    assert len(blob) > 50 * profile_bytes(UNUSUAL)
    assert container.parse(blob).file.icc == UNUSUAL
