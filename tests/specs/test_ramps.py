"""Numbers that follow the share of a run."""

import pytest

import tfgan_codec as tgc
from tfgan_codec.specs.ramps import Ramp, read_number, read_ramp


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 4.0), (0.2, 4.0), (0.3, 3.0), (0.4, 2.0), (0.5, 9.0), (1.0, 9.0)]
)
def test_lines_between_points_and_a_jump(share: float, value: float):
    assert read_ramp("4@0.2,2@0.4,2@0.5,9@0.5").at(share) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["1@0.5,2@0.2", "1@", "@1", "1@2", "1@0,x@1", "1@-1", "1@nan", "0@0,inf@1"]
)
def test_bad_ramps_are_refused(text: str):
    with pytest.raises(tgc.UsageError):
        read_ramp(text)


def test_numbers_and_ramps_are_told_apart():
    assert read_number("6e-4") == 6e-4
    assert read_number("0@0.3,1e-2@0.5") == Ramp(((0.3, 0.0), (0.5, 0.01)))
    with pytest.raises(tgc.UsageError, match="neither a number nor a ramp"):
        read_number("a@b")


def test_text_is_what_was_read():
    for text in ("0@0.3,1@0.5", "1e-05@0,1e16@0.25,-2.5@1"):
        assert str(read_ramp(text)) == text
