"""Tests of symbols to bytes and back, and of the float steps around them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import sample_pictures

from tfgan_codec.codec import Codec, load
from tfgan_codec.coding import hyperprior
from tfgan_codec.errors import BitstreamError, BundleError
from tfgan_codec.format import geometry, payload
from tfgan_codec.format.payload import Symbols, decode_symbols, encode_symbols, estimate_bits
from tfgan_codec.format.rangecoder import RangeDecoder, RangeEncoder
from tfgan_codec.format.tables import Tables, build_tables, uniform_tables


def random_symbols(codec: Codec, height: int, width: int, seed: int = 0) -> Symbols:
    """Latents with outliers, so that escapes are coded too."""
    bundle, rng = codec.bundle, np.random.default_rng(seed)
    shape = -(-height // 4), -(-width // 4), bundle.hyper_channels
    z = np.clip(np.round(rng.standard_t(1.5, shape) * 4), -127, 127).astype(np.int32)
    indexes = payload.index_map(bundle.scale_decoder, z, height, width)
    r = np.round(rng.standard_t(1.5, indexes.shape)).astype(np.int32)
    r[rng.random(r.shape) < 0.01] = payload.MAX_RESIDUAL
    return Symbols(z, indexes, np.where(indexes, r, 0).astype(np.int32))


def decode(codec: Codec, data: bytes, height: int, width: int) -> Symbols:
    bundle = codec.bundle
    tables = bundle.z_tables, bundle.y_tables
    return decode_symbols(data, height, width, *tables, bundle.scale_decoder)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 40), (4, 4), (5, 7), (30, 21)])
def test_round_trip(tiny: Codec, height: int, width: int) -> None:
    coding = random_symbols(tiny, height, width)
    data = encode_symbols(coding, tiny.bundle.z_tables, tiny.bundle.y_tables)
    for sent, received in zip(coding, decode(tiny, data, height, width)):
        assert received.dtype == sent.dtype
        assert np.array_equal(received, sent)


def test_estimate(tiny: Codec) -> None:
    coding = random_symbols(tiny, 40, 50)
    tables = tiny.bundle.z_tables, tiny.bundle.y_tables
    nbytes = len(encode_symbols(coding, *tables))
    assert nbytes == pytest.approx(estimate_bits(coding, *tables) / 8, rel=0.002, abs=4)


def test_order_in_the_stream(tiny: Codec) -> None:
    """Written out again from docs/format.md."""
    coding = random_symbols(tiny, 3, 6)
    bundle, byte = tiny.bundle, uniform_tables(256)
    encoder = RangeEncoder()
    for value, channel in zip(coding.z.ravel(), np.tile(range(4), coding.z.size // 4)):
        encoder.encode([value], [channel], bundle.z_tables)
    crc = 0xFFFF
    for index in coding.indexes.tobytes():
        crc ^= index << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    encoder.encode([crc >> 8], [0], byte)
    encoder.encode([crc & 255], [0], byte)
    for row, column, channel in np.ndindex(3, 6, 12):
        if index := coding.indexes[row, column, channel]:
            encoder.encode([coding.r[row, column, channel]], [index], bundle.y_tables)
    assert encode_symbols(coding, bundle.z_tables, bundle.y_tables) == encoder.finish()


def test_another_index_map_is_an_error(tiny: Codec) -> None:
    """A machine on which the scale decoder differs must say so, not show noise."""
    bundle = tiny.bundle
    coding = random_symbols(tiny, 8, 8)
    data = encode_symbols(coding, bundle.z_tables, bundle.y_tables)
    first, *rest = bundle.scale_decoder.layers
    other = bundle.scale_decoder._replace(layers=(first._replace(bias=first.bias + 1), *rest))
    with pytest.raises(BitstreamError, match="check of its scales"):
        decode_symbols(data, 8, 8, bundle.z_tables, bundle.y_tables, other)


def test_hyper_latent_out_of_range(tiny: Codec) -> None:
    """The range of z keeps the scale decoder exact; an escape could leave it."""
    encoder = RangeEncoder()
    encoder.encode([128, 0, 0, 0], range(4), tiny.bundle.z_tables)
    with pytest.raises(BitstreamError, match="outside"):
        decode(tiny, encoder.finish(), 1, 1)


def test_garbage(tiny: Codec) -> None:
    rng = np.random.default_rng(0)
    for length in range(60):
        with pytest.raises(BitstreamError):
            decode(tiny, rng.bytes(length), 9, 9)


def test_index_map_in_windows(tiny: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exact, with the smallest halo: the map decides the parse."""
    z = np.random.default_rng(0).integers(-127, 128, [20, 23, 4], np.int32)
    whole = tiny.bundle.scale_decoder(z)
    monkeypatch.setattr(payload, "_MAX_SCALE_CELLS", 36)
    tiled = payload.index_map(tiny.bundle.scale_decoder, z, 80, 92)
    assert np.array_equal(tiled, whole)
    assert np.array_equal(payload.index_map(tiny.bundle.scale_decoder, z, 77, 89), whole[:77, :89])


def test_quantize_then_dequantize(tiny: Codec) -> None:
    """Within half a step where something is coded."""
    y = tiny.bundle.network("analysis")(sample_pictures.pixels(96, 80))
    for quality in (0, 100, 255):
        coding = hyperprior.quantize(tiny.bundle, y, quality)
        error = hyperprior.dequantize(tiny.bundle, coding, quality) - y
        coded = coding.indexes > 0
        assert coded.any()
        assert not coding.r[~coded].any()
        step = tiny.bundle.inverse_gain[quality, 0]
        assert np.abs(error[coded]).max() <= step * 0.5001


@pytest.mark.parametrize("kind", ["hyper_analysis", "mean"])
def test_networks_that_give_what_is_not_finite(
    tiny_dir: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = load(tiny_dir)
    network = tiny.bundle.network(kind)
    monkeypatch.setitem(tiny.bundle._started, (kind, 0.0), lambda x: math.inf * network(x))
    with pytest.raises(BundleError, match=f"the {kind} network of tiny gave values that are not"):
        tiny.compress(sample_pictures.image(64, 48))


def test_latents_that_are_not_finite(tiny: Codec) -> None:
    y = np.full([4, 4, 12], math.nan, np.float32)
    with pytest.raises(BundleError, match="not finite"):
        hyperprior.quantize(tiny.bundle, y, 10)


def test_huge_latents(tiny: Codec) -> None:
    """Clipped, not wrapped."""
    y = np.zeros([4, 4, 12], np.float32)
    y[1, 1, 0], y[2, 2, 0] = 1e30, -1e30
    coding = hyperprior.quantize(tiny.bundle, y, 255)
    data = encode_symbols(coding, tiny.bundle.z_tables, tiny.bundle.y_tables)
    assert np.array_equal(decode(tiny, data, 4, 4).r, coding.r)
    assert np.abs(coding.r).max() <= payload.MAX_RESIDUAL


def test_rounding() -> None:
    x = np.array([-1.5, -0.5, 0.49, 0.5, 2.5], np.float32)
    assert geometry.round_half_up(x).tolist() == [-1, 0, 0, 1, 3]


def test_padding() -> None:
    x = np.array([[[1], [2], [3]]])
    assert geometry.pad_zeros(x, 2)[..., 0].tolist() == [[1, 2, 3, 0], [0, 0, 0, 0]]
    assert geometry.pad_edges(x, 2)[..., 0].tolist() == [[1, 2, 3, 3], [1, 2, 3, 3]]
    assert geometry.pad_edges(x[:, :2], 1).shape == (1, 2, 1)


def test_no_stream_is_shorter_than_its_least(tiny: Codec) -> None:
    """Not the cheapest either: every z the mode of its table, nothing after it."""
    bundle = tiny.bundle
    tables = bundle.z_tables
    modes = np.argmax(np.diff(tables.cdf), axis=1) + tables.offset
    for height, width in [(1, 1), (8, 8), (40, 31), (120, 77)]:
        z = np.broadcast_to(modes, (-(-height // 4), -(-width // 4), 4)).astype(np.int32)
        encoder = RangeEncoder()
        encoder.encode(z, payload.channel_numbers(z.shape), tables)
        least = payload.least_bytes(height, width, tables)
        bits = payload.bits(z, payload.channel_numbers(z.shape), tables).sum()
        assert bits / 8 - 5 - z.size / 2000 < least <= len(encoder.finish()) <= bits / 8 + 4
        payload.require_length(least, height, width, tables)
        with pytest.raises(BitstreamError, match="a picture of this size takes at least"):
            payload.require_length(least - 1, height, width, tables)


def straddling(tables: Tables, cells: int) -> np.ndarray:
    """The z of a stream that is one byte long, though it holds the symbols of many cells: those
    that a decoder reads from 0x80 and the zeros after it."""
    decoder = RangeDecoder(b"\x80")
    return decoder.decode(payload.channel_numbers((1, cells, len(tables.cdf))), tables)


def test_zeros_at_the_end_are_kept_where_chance_would_leave_none(tiny: Codec) -> None:
    """The range coder alone writes one byte; the payload has what the bound asks for, and the
    decoders of old, which know no bound, read both alike."""
    tables = tiny.bundle.z_tables
    z = straddling(tables, 60)
    encoder = RangeEncoder()
    encoder.encode(z, payload.channel_numbers(z.shape), tables)
    assert encoder.finish() == b"\x80"
    data = payload.finish(encoder, z, tables)
    assert data == b"\x80".ljust(payload.least_bytes(4, 240, tables), b"\0")
    assert len(data) == math.floor(60 * 3750 / 2048) - 1
    for stream in (b"\x80", data):
        decoder = RangeDecoder(stream)
        assert np.array_equal(decoder.decode(payload.channel_numbers(z.shape), tables), z)
        decoder.finish()
    with pytest.raises(BitstreamError, match="has 1 bytes, of 108"):
        decode(tiny, b"\x80", 4, 240)


@pytest.mark.parametrize("seed", range(8))
def test_least_bits_of_random_tables(seed: int) -> None:
    """From nearly free symbols to nearly uniform ones: the bound holds for the cheapest stream."""
    rng = np.random.default_rng(seed)
    pmfs = [rng.random(rng.integers(2, 40)) ** rng.integers(1, 60) for _ in range(3)]
    tables = build_tables(pmfs, 0)
    modes = np.argmax(np.diff(tables.cdf), axis=1)
    for cells in (1, 7, 400):
        z = np.broadcast_to(modes, (1, cells, 3)).astype(np.int32)
        keep = modes < tables.length - 1  # the escape is followed by more
        if keep.all():
            encoder = RangeEncoder()
            encoder.encode(z, payload.channel_numbers(z.shape), tables)
            words = len(encoder._words)
            assert 2 * words >= payload.least_bytes(4, 4 * cells, tables)
