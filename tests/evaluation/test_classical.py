import math
import sys

import numpy as np
import pytest
from sample_pictures import pixels

from tfgan_codec.errors import UsageError
from tfgan_codec.evaluation import classical
from tfgan_codec.metrics import psnr


def create(name):
    try:
        return classical.create(name)
    except classical.CodecMissingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", classical.NAMES)
def test_round_trip(name):
    codec = create(name)
    picture = pixels(131, 97, 1)
    sizes = []
    for setting in (codec.settings[0], codec.settings[-1]):
        data = codec.encode(picture, setting)
        decoded = codec.decode(data)
        assert decoded.shape == picture.shape
        assert decoded.dtype == np.uint8
        sizes.append(len(data))
    assert psnr(picture, decoded) > 20
    assert sizes[0] < sizes[1], "settings must be in order of rising rate"
    assert codec.version[0].isalpha()


@pytest.mark.parametrize("name", ["jpeg", "jpeg2000", "webp"])
def test_match_comes_near_the_bytes_asked_for(name):
    codec = create(name)
    picture = pixels(256, 256, 2)
    target = 2500
    data = codec.match(picture, target)
    assert abs(math.log(len(data) / target)) < 0.15
    known = {setting: len(codec.encode(picture, setting)) for setting in codec.settings}
    narrowed = codec.match(picture, target, known)
    assert abs(math.log(len(narrowed) / target)) < 0.15


def test_match_gives_the_smallest_file_where_none_is_small_enough():
    codec = create("jpeg")
    picture = pixels(208, 176, 3)
    assert len(codec.match(picture, 10)) <= len(codec.encode(picture, "1"))


def test_a_missing_library_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(classical.CodecMissingError, match="pip install pillow-heif"):
        classical.create("heic")
    monkeypatch.setattr(classical.features, "check", lambda _: False)
    with pytest.raises(classical.CodecMissingError, match="built without libavif"):
        classical.create("avif")


def test_settings_are_numbers():
    with pytest.raises(UsageError, match="jpeg takes numbers as settings, not 'high'"):
        create("jpeg").encode(pixels(208, 176, 1), "high")
