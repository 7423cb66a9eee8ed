"""The range coder: hand-worked bytes, information bounds, robustness, identity with TFC."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tfgan_codec.errors import BitstreamError, UsageError
from tfgan_codec.format.rangecoder import RangeDecoder, RangeEncoder
from tfgan_codec.format.tables import (
    MAX_GAMMA,
    Tables,
    bits,
    build_tables,
    gaussian_tables,
    tables_to_tfc_lookup,
    uniform_tables,
)

HALVES = build_tables([[1, 1]], 0, escape=False)
MIDDLE = build_tables([[1, 2, 1]], -1, escape=False)
GAUSSIAN = gaussian_tables(np.geomspace(0.11, 64, 64))


def encode(*calls) -> bytes:
    encoder = RangeEncoder()
    for values, indexes, tables in calls:
        encoder.encode(values, indexes, tables)
    return encoder.finish()


def decode(data, *calls) -> list[np.ndarray]:
    decoder = RangeDecoder(data)
    values = [decoder.decode(indexes, tables) for _, indexes, tables in calls]
    decoder.finish()
    return values


def assert_round_trip(*calls) -> bytes:
    data = encode(*calls)
    for (values, indexes, _), decoded in zip(calls, decode(data, *calls)):
        assert decoded.dtype == np.int32
        assert decoded.shape == np.shape(indexes)
        np.testing.assert_array_equal(decoded, values)
    return data


@st.composite
def any_calls(draw, max_value=MAX_GAMMA - 2000):
    """One to three calls, each with its own random tables and values, some of them escaped."""
    calls = []
    for _ in range(draw(st.integers(1, 3))):
        rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        escape = draw(st.booleans())
        peak = draw(st.sampled_from([0.01, 1, 8]))  # from one sure symbol to nearly uniform rows
        lengths = rng.integers(1 + escape, draw(st.sampled_from([3, 40, 600])), 4)
        tables = build_tables(
            [rng.gamma(peak, size=n) + 1e-9 for n in lengths],
            rng.integers(-300, 300, 4),
            escape=escape,
        )
        count = draw(st.integers(0, 300))
        indexes = rng.integers(0, 4, count)
        ordinary = tables.length[indexes] - escape
        values = tables.offset[indexes] + (rng.random(count) * ordinary).astype(int)
        if escape and count:
            wild = draw(st.lists(st.integers(-max_value, max_value), max_size=count))
            values[: len(wild)] = wild
        calls.append((values, indexes, tables))
    return calls


# Hand-worked streams: ceil(low / 2^24) as one byte ends each of them.


def test_nothing_costs_nothing():
    assert encode() == b""
    assert encode(([], [], HALVES)) == b""
    RangeDecoder(b"").finish()


@pytest.mark.parametrize(
    ("symbols", "expected"),
    [
        ([0], ""),  # low = 0: zeros are implied
        ([1], "80"),  # [1/2, 1)
        ([1, 0, 1], "a0"),  # [5/8, 6/8)
        ([1] * 8, "ff"),
        ([1] * 9, "ff80"),
        ([0] * 15 + [1], "0001"),  # the word is complete, and nothing is left to say
        ([0] * 16, "0000"),
    ],
)
def test_fair_bits_are_written_most_significant_first(symbols, expected):
    assert assert_round_trip((symbols, [0] * len(symbols), HALVES)).hex() == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        # Each 0 keeps the middle half of the interval: 1/2 stays inside for ever, so the top bit
        # of the output is still unknown, and the shortest number in the interval is 1/2 itself.
        ([], "80"),
        # [1/2 + 2^-2002, 1/2 + 2^-2001): a carry into the first byte, zeros behind it.
        ([1], "80" + "00" * 249 + "10"),
        # [1/2 - 2^-2001, 1/2 - 2^-2002): no carry, ones behind it.
        ([-1], "7f" + "ff" * 249 + "e0"),
    ],
)
def test_carry_over_a_long_delay(last, expected):
    symbols = [0] * 2000 + last
    data = assert_round_trip((symbols, [0] * len(symbols), MIDDLE))
    assert data.hex().startswith(expected[:20])
    assert len(data) == len(bytes.fromhex(expected))


@pytest.mark.parametrize(
    ("value", "code"),
    [(0, "10"), (1, "0100"), (2, "0110"), (3, "001000"), (-1, "11"), (-2, "0101"), (-3, "0111")],
)
def test_escape_code(value, code):
    """Only an escape symbol in the table: no bits for it, then Elias gamma and the sign."""
    tables = Tables(np.array([[0, 65536]], np.int32), np.int32([1]), np.int32([0]), True)
    data = assert_round_trip(([value], [0], tables))
    assert data == encode(([int(bit) for bit in code], [0] * len(code), HALVES))
    assert bits([value], [0], tables).tolist() == [len(code)]


@pytest.mark.parametrize("tables", [GAUSSIAN, MIDDLE], ids=["escape", "no escape"])
def test_values_that_cannot_be_coded(tables):
    first, ordinary = int(tables.offset[0]), int(tables.length[0]) - tables.escape
    reach = MAX_GAMMA if tables.escape else 0
    lowest, highest = first - reach, first + ordinary - 1 + reach
    assert_round_trip(([lowest, highest], [0, 0], tables))
    for value in (lowest - 1, highest + 1, 2**40, -(2**40)):
        with pytest.raises(UsageError):
            RangeEncoder().encode([value], [0], tables)


def test_wrong_indexes():
    for indexes in ([64], [-1]):
        with pytest.raises(UsageError, match=r"0\.\.63"):
            RangeEncoder().encode([0], indexes, GAUSSIAN)
        with pytest.raises(UsageError, match=r"0\.\.63"):
            RangeDecoder(b"").decode(indexes, GAUSSIAN)
    with pytest.raises(UsageError, match="must be equal"):
        RangeEncoder().encode([0, 0], [1], GAUSSIAN)


@given(any_calls())
@settings(max_examples=150, deadline=None)
def test_round_trip(calls):
    estimate = sum(bits(*call).sum() for call in calls)
    data = assert_round_trip(*calls)
    assert abs(8 * len(data) - estimate) <= 0.001 * estimate + 32


def test_shapes_are_row_major():
    rng = np.random.default_rng(0)
    values, indexes = rng.integers(-3, 4, (2, 3, 5, 7))[0], rng.integers(0, 64, (3, 5, 7))
    data = assert_round_trip((values, indexes, GAUSSIAN))
    assert data == encode((values.ravel(), indexes.ravel(), GAUSSIAN))


def test_splitting_calls_changes_nothing():
    values, indexes = np.arange(-20, 20), np.arange(40)
    whole = encode((values, indexes, GAUSSIAN))
    parts = [(values[i : i + 7], indexes[i : i + 7], GAUSSIAN) for i in range(0, 40, 7)]
    assert assert_round_trip(*parts) == whole


def test_finish_may_be_followed_by_more():
    encoder = RangeEncoder()
    encoder.encode([5, -1], [9, 9], GAUSSIAN)
    assert encoder.finish() == encoder.finish()
    encoder.encode([0], [3], GAUSSIAN)
    assert encoder.finish() == encode(([5, -1, 0], [9, 9, 3], GAUSSIAN))


@pytest.mark.parametrize("low_rate", [False, True])
def test_length_reaches_the_entropy_of_the_source(low_rate):
    """Against the entropy of true Gaussians, not of the tables: the tables' loss counts too."""
    rng = np.random.default_rng(1)
    scales = np.geomspace(0.11, 64, 64)
    indexes = rng.integers(1, 32 if low_rate else 64, 60_000)
    values = np.floor(rng.normal(size=indexes.size) * scales[indexes] + 0.5).astype(int)
    exact = gaussian_tables(scales, tail_mass=1e-12)
    ideal = np.zeros([64, 1001])
    for row, scale in zip(ideal, scales):
        edges = [math.erf((k - 500.5) / scale / 2**0.5) for k in range(1002)]
        row[:] = np.maximum(np.diff(edges) / 2, 1e-300)
    entropy = -np.log2(ideal[indexes, values + 500]).sum() / 8
    for tables in (GAUSSIAN, exact):
        assert len(encode((values, indexes, tables))) <= 1.005 * entropy + 16


# Damaged streams.


@given(st.binary(max_size=200), st.integers(0, 2**32 - 1))
@example(b"", 0)
@example(b"\xff" * 200, 1)
@example(b"\x00" * 200, 2)
@settings(max_examples=150, deadline=None)
def test_any_bytes_end_in_values_or_bitstream_error(data, seed):
    indexes = np.random.default_rng(seed).integers(0, 64, 2000)
    decoder = RangeDecoder(data)
    try:
        values = decoder.decode(indexes, GAUSSIAN)
        decoder.finish()
    except BitstreamError:
        return
    # Accepted bytes are those that an encoder would have written, but for zeros at their end.
    assert encode((values, indexes, GAUSSIAN)).rstrip(b"\0") == data.rstrip(b"\0")


def test_endless_escape():
    tables = Tables(np.array([[0, 65536]], np.int32), np.int32([1]), np.int32([0]), True)
    with pytest.raises(BitstreamError, match="too large"):
        RangeDecoder(b"").decode([0], tables)
    values = RangeDecoder(encode(([0] * 29 + [1] * 31, [0] * 60, HALVES))).decode([0], tables)
    assert values.tolist() == [-MAX_GAMMA]


def test_left_over_bytes():
    values, indexes = np.zeros(50, int), np.full(50, 40)
    data = encode((values, indexes, GAUSSIAN))
    for extra in (b"\1", b"\0\0\0\0\0", b"tail"):
        decoder = RangeDecoder(data + extra)
        decoder.decode(indexes, GAUSSIAN)
        with pytest.raises(BitstreamError, match=r"goes on|ends wrongly"):
            decoder.finish()


# Byte identity with TensorFlow Compression, in both directions.


@pytest.fixture(scope="module")
def ops():
    pytest.importorskip("tensorflow_compression", reason="the reference, TFC, is not installed")
    from tensorflow_compression.python.ops import gen_ops

    return gen_ops


def tfc_inputs(calls):
    """Lookup, indexes and offsets of all calls as one: a TFC stream cannot change its tables."""
    lookup = np.concatenate([tables_to_tfc_lookup(tables) for _, _, tables in calls])
    starts = np.cumsum([0] + [len(tables.length) for _, _, tables in calls])
    indexes = [np.ravel(call[1]) + start for call, start in zip(calls, starts)]
    offsets = [tables.offset[np.asarray(index, int)] for _, index, tables in calls]
    return lookup, np.concatenate(indexes).astype(np.int32), np.concatenate(offsets)


def tfc_encode(ops, *calls) -> bytes:
    lookup, indexes, offsets = tfc_inputs(calls)
    values = np.concatenate([np.ravel(call[0]) for call in calls])
    handle = ops.create_range_encoder([], lookup)
    handle = ops.entropy_encode_index(handle, indexes, (values - offsets).astype(np.int32))
    return ops.entropy_encode_finalize(handle).numpy()


def tfc_decode(ops, data, *calls) -> tuple[np.ndarray, bool]:
    lookup, indexes, offsets = tfc_inputs(calls)
    handle = ops.create_range_decoder(data, lookup)
    handle, symbols = ops.entropy_decode_index(handle, indexes, indexes.shape, Tdecoded="int32")
    return symbols.numpy() + offsets, bool(ops.entropy_decode_finalize(handle))


@given(calls=any_calls())
@settings(max_examples=150, deadline=None)
def test_same_bytes_as_tfc(ops, calls):
    data = tfc_encode(ops, *calls)
    assert encode(*calls) == data
    decoded, accepted = tfc_decode(ops, data, *calls)
    assert accepted
    np.testing.assert_array_equal(decoded, np.concatenate([values for values, _, _ in calls]))
    np.testing.assert_array_equal(decoded, np.concatenate(decode(data, *calls)))


@pytest.mark.parametrize("ending", [[], [1], [-1]])
def test_same_delays_as_tfc(ops, ending):
    values = np.array([0] * 2000 + ending)
    indexes = np.zeros(len(values), int)
    data = tfc_encode(ops, (values, indexes, MIDDLE))
    assert encode((values, indexes, MIDDLE)) == data
    assert tfc_decode(ops, data, (values, indexes, MIDDLE))[1]


def test_same_bytes_as_tfc_on_a_realistic_picture(ops):
    rng = np.random.default_rng(7)
    indexes = rng.integers(0, 32, 75_000)
    scales = np.geomspace(0.11, 64, 64)[indexes]
    values = np.floor(rng.normal(size=indexes.size) * scales + 0.5).astype(int)
    data = tfc_encode(ops, (values, indexes, GAUSSIAN))
    assert encode((values, indexes, GAUSSIAN)) == data


@given(data=st.binary(max_size=60), count=st.integers(0, 100), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_same_reading_of_damaged_streams_as_tfc(ops, data, count, seed):
    """Same values and same final verdict for any bytes, over tables without escape."""
    rng = np.random.default_rng(seed)
    tables = build_tables([rng.gamma(0.5, size=n) + 1e-9 for n in (2, 9, 60)], -1, escape=False)
    indexes = rng.integers(0, 3, count)
    expected, expected_verdict = tfc_decode(ops, data, (None, indexes, tables))
    decoder = RangeDecoder(data)
    np.testing.assert_array_equal(decoder.decode(indexes, tables), expected)
    try:
        decoder.finish()
        verdict = True
    except BitstreamError:
        verdict = False
    assert verdict == expected_verdict


def test_index_check_symbols_are_two_plain_bytes():
    """A uniform table of 256 symbols copies bytes, as the 16-bit index check relies on."""
    table = uniform_tables(256)
    assert encode(([0x29, 0xB1], [0, 0], table)) == b"\x29\xb1"
