"""The golden vectors against this implementation and, where installed, against TFC."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tfgan_codec.errors import BitstreamError
from tfgan_codec.format.rangecoder import RangeDecoder, RangeEncoder
from tfgan_codec.format.scales import IntegerConv, ScaleDecoder, crc16
from tfgan_codec.format.tables import Tables, tables_to_tfc_lookup


@pytest.fixture
def vectors(vectors_dir):
    return lambda name: json.loads((vectors_dir / f"{name}.json").read_text(encoding="utf-8"))


def tables_of(call) -> Tables:
    length = np.array([len(row) - 1 for row in call["cdf"]], np.int32)
    cdf = np.zeros([len(length), length.max() + 1], np.int32)
    for padded, row in zip(cdf, call["cdf"]):
        padded[: len(row)] = row
    tables = Tables(cdf, length, np.array(call["offset"], np.int32), call["escape"])
    tables.check()
    return tables


def test_rangecoder(vectors):
    for case in vectors("rangecoder"):
        encoder, decoder = RangeEncoder(), RangeDecoder(bytes.fromhex(case["bytes"]))
        for call in case["calls"]:
            tables = tables_of(call)
            encoder.encode(call["values"], call["indexes"], tables)
            assert decoder.decode(call["indexes"], tables).tolist() == call["values"], case["name"]
        decoder.finish()
        assert encoder.finish().hex() == case["bytes"], case["name"]


def test_rangecoder_vectors_are_what_tfc_writes(vectors):
    pytest.importorskip("tensorflow_compression", reason="the reference, TFC, is not installed")
    from tensorflow_compression.python.ops import gen_ops as ops

    for case in vectors("rangecoder"):
        lookups, indexes, symbols, rows = [], [], [], 0
        for call in case["calls"]:
            tables = tables_of(call)
            lookups.append(tables_to_tfc_lookup(tables))
            index = np.array(call["indexes"], int)
            indexes.append(index + rows)
            symbols.append(np.array(call["values"], int) - tables.offset[index])
            rows += len(tables.length)
        handle = ops.create_range_encoder([], np.concatenate(lookups))
        handle = ops.entropy_encode_index(
            handle, *(np.concatenate(a).astype(np.int32) for a in (indexes, symbols))
        )
        assert ops.entropy_encode_finalize(handle).numpy().hex() == case["bytes"], case["name"]


def test_damaged_streams(vectors):
    for case in vectors("rangecoder_damaged"):
        decoder = RangeDecoder(bytes.fromhex(case["bytes"]))
        with pytest.raises(BitstreamError):  # noqa: PT012 - either call may find the damage
            for call in case["calls"]:
                decoder.decode(call["indexes"], tables_of(call))
            decoder.finish()


@pytest.mark.parametrize("exact", [False, True])
def test_scales(vectors, exact):
    for case in vectors("scales"):
        layers = [
            IntegerConv(
                np.array(layer["kernel"], np.int32),
                np.array(layer["bias"], np.int32),
                *(layer[key] for key in ("shift", "maximum", "upscale")),
            )
            for layer in case["layers"]
        ]
        decoder = ScaleDecoder(tuple(layers))
        decoder.check()
        index = decoder(case["z"], exact=exact)
        assert index.tolist() == case["index"]
        assert crc16(index) == case["crc16"]


def test_crc16(vectors):
    for case in vectors("crc16"):
        data = bytes.fromhex(case["bytes"])
        assert crc16(np.frombuffer(data, np.uint8)) == case["crc16"]


def test_varint_vectors_follow_their_definition(vectors):
    """Seven bits a byte, least significant first, the top bit set on all but the last."""
    for case in vectors("varint"):
        data = bytes.fromhex(case["bytes"])
        assert sum((byte & 127) << 7 * i for i, byte in enumerate(data)) == case["value"]
        assert [byte >> 7 for byte in data] == [1] * (len(data) - 1) + [0]
