"""Codecs of which there are only decoded pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sample_pictures import pixels

from benchmarks.published import Published
from tfgan_codec.evaluation.systems import RATE, AsLarge


def test_a_file_has_the_bytes_of_its_rate_and_decodes_to_what_was_published(tmp_path: Path):
    original, decoded = pixels(64, 96, 1), pixels(64, 96, 2)
    (tmp_path / "scene").mkdir()
    Image.fromarray(decoded).save(tmp_path / "scene" / "theirs.png")
    places = {original.tobytes(): tmp_path / "scene"}
    codec = Published("theirs", places, {"scene": 0.5})
    data = codec.encode(original, RATE)
    assert len(data) == 64 * 96 * 0.5 / 8
    np.testing.assert_array_equal(codec.decode(data), decoded)
    assert AsLarge(codec, [codec]).encode(original, "as:theirs") == data
    with pytest.raises(KeyError):
        codec.encode(decoded, RATE)
