"""The language of flag values: what is read is written so that it is read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tfgan_codec as tgc
from tfgan_codec.specs.grammar import Spec, parse, read, split, write
from tfgan_codec.specs.ramps import Ramp

# Texts near the grammar: its own signs, digits, and pieces that mean something.
PIECES = ["true", "False", "nan", "inf", "1e-4", "1e+5", "0@0.5", "mse", "weight", "٣", "\x00", " "]
NEAR = st.lists(st.sampled_from([*":=@+,*.-_019aeE", *PIECES]), max_size=16).map("".join)
TEXTS = NEAR | st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-0.5", -0.5),
        ("6e-4", 6e-4),
        ("1e+3", 1000.0),
        ("True", True),
        ("spectral", "spectral"),
        ("/a+b", "/a+b"),
        ("analysis+gains", "analysis+gains"),
        ("1000+2e3+3", (1000.0, 2000.0, 3.0)),
        ("0@0.2,1@0.5", Ramp(((0.2, 0.0), (0.5, 1.0)))),
        ("a@b", "a@b"),
    ],
)
def test_values(text: str, value: object):
    assert read(text) == value
    assert type(read(text)) is type(value)


def test_specs():
    assert parse("mse") == Spec("mse", {})
    assert parse("mse:weight=2:on=true") == Spec("mse", {"weight": 2, "on": True})
    assert str(parse("a:b=1e+3:c=1+2:d=0@0,1e-1@1:e=TRUE")) == "a:b=1000.0:c=1+2:d=0@0,0.1@1:e=true"


def test_places_come_first_and_options_in_any_order():
    places, options = split("0.5:64:k=a+b:on", 2, "two places", ("on", "off"))
    assert places == ["0.5", "64"]
    assert options == {"k": "a+b", "on": True}
    for text in ("0.5", "0.5:64:of", "0.5:64:on=", "0.5:64:=1"):
        with pytest.raises(tgc.UsageError, match="two places"):
            split(text, 2, "two places", ("on",))


@pytest.mark.parametrize("text", ["mse:weight", "mse:weight=", "mse:=1", "mse:", "mse::weight=1"])
def test_halves_are_refused(text: str):
    with pytest.raises(tgc.UsageError, match="cannot read") as error:
        parse(text)
    assert "\n" not in str(error.value)


@given(TEXTS)
def test_text_is_read_or_refused_and_then_stable(text: str):
    try:
        spec = parse(text)
    except tgc.UsageError:
        return
    again = parse(str(spec))
    assert repr(again) == repr(spec)  # repr, since nan is not itself
    assert str(again) == str(spec)


@given(st.floats() | st.integers() | st.booleans())
def test_numbers_survive_exactly(value: float):
    assert repr(read(write(value))) == repr(value)


@given(st.lists(st.floats(allow_nan=False), min_size=2))
def test_lists_survive_exactly(values: list[float]):
    assert read(write(tuple(values))) == tuple(values)
