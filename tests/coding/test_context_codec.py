"""Bundles with a context model: files of all sizes, damaged files, damaged bundles."""

from __future__ import annotations

import contextlib
from pathlib import Path

import context_models
import numpy as np
import pytest
import sample_pictures
from PIL import Image

import tfgan_codec as tgc
from tfgan_codec.bundle import normative, writing
from tfgan_codec.codec import Codec
from tfgan_codec.coding import context as context_latents
from tfgan_codec.format import container, geometry

GOLDEN = Path(__file__).parents[1] / "data" / "context"
MODEL_ID, SUMS = "00594b", (11, 576)


@pytest.fixture(scope="module")
def codec(tiny: Codec, tmp_path_factory: pytest.TempPathFactory) -> Codec:
    """The tiny bundle, its latents coarser, with a context model of random weights."""
    return Codec(context_models.write_bundle(tmp_path_factory.mktemp("context"), tiny.bundle))


def test_golden() -> None:
    """A file of 37x150 and its bundle, which must decode alike for ever; pixels may differ by
    rounding."""
    codec = tgc.load(GOLDEN / "bundle.zip")
    data = (GOLDEN / "file.tgc").read_bytes()
    assert codec.bundle.model_id.hex() == MODEL_ID
    symbols = context_latents.read_symbols(codec.bundle, container.parse(data).file)
    assert (int(np.abs(symbols.z).sum()), int(np.abs(symbols.q).sum())) == SUMS
    with Image.open(GOLDEN / "file.png") as expected:
        image = codec.decompress(data)
        assert (image.mode, image.size) == (expected.mode, expected.size)
        assert np.abs(np.asarray(image).astype(int) - np.asarray(expected)).max() <= 1


@pytest.mark.parametrize("size", [(1, 1), (17, 33), (1, 300), (200, 130), (513, 769)])
def test_sizes(codec: Codec, size: tuple[int, int]) -> None:
    picture = sample_pictures.image(*size)
    blob = codec.compress(picture)
    image = codec.decompress(blob)
    assert (image.mode, image.size) == ("RGB", size)
    # The context model does not know these pictures: all that it may change is the rate.
    y = codec.bundle.network("analysis")(geometry.pad_edges(np.asarray(picture), 16))
    sent = context_latents.quantize(codec.bundle, y)
    received = context_latents.read_symbols(codec.bundle, container.parse(blob).file)
    for a, b in zip(sent, received):
        assert np.array_equal(a, b)


def test_one_rate(codec: Codec) -> None:
    """A budget is met or it is not; no level is searched for."""
    picture = sample_pictures.image(90, 70)
    blob = codec.compress(picture)
    assert container.parse(blob).file.quality == 0
    assert codec.compress(picture, quality=77) == blob
    assert codec.compress(picture, nbytes=len(blob)) == blob
    with pytest.raises(tgc.UsageError, match=f"the smallest file has {len(blob)} bytes"):
        codec.compress(picture, nbytes=len(blob) - 1)


def test_every_byte_of_the_payload_changed(codec: Codec) -> None:
    """With a checksum made true again: an error, or a picture; no other exception, no hang."""
    file = container.parse(codec.compress(sample_pictures.image(30, 20))).file
    (stream,) = file.streams
    refused = 0
    for position in range(len(stream)):
        damaged = bytearray(stream)
        damaged[position] ^= 0x55
        try:
            codec.decompress(container.pack(file._replace(streams=(bytes(damaged),))))
        except tgc.BitstreamError:
            refused += 1
    assert refused > 0


def test_every_truncation(codec: Codec) -> None:
    blob = codec.compress(sample_pictures.image(30, 20))
    for length in range(len(blob)):
        with pytest.raises(tgc.BitstreamError):
            codec.decompress(blob[:length])
    file = container.parse(blob).file
    for length in range(len(file.streams[0])):  # now with a checksum that is right
        with contextlib.suppress(tgc.BitstreamError):
            codec.decompress(container.pack(file._replace(streams=(file.streams[0][:length],))))


def test_garbage(codec: Codec) -> None:
    rng = np.random.default_rng(0)
    refused = 0
    for length in range(60):
        file = container.TgcFile(codec.bundle.model_id, 40, 30, 0, (rng.bytes(length),))
        try:
            codec.decompress(container.pack(file))
        except tgc.BitstreamError:
            refused += 1
    assert refused == 60


def test_what_decides_the_parse_decides_the_model_id(codec: Codec, tiny: Codec) -> None:
    bundle = codec.bundle
    assert bundle.context is not None
    tables = bundle.z_tables, bundle.y_tables, bundle.scale_decoder
    arrays = normative.normative_arrays(*tables, bundle.context)
    assert bytes.fromhex(normative.normative_hash(arrays))[:3] == bundle.model_id
    other = bundle.context._replace(axes=context_models.CHW)
    assert normative.normative_hash(normative.normative_arrays(*tables, other)) != (
        normative.normative_hash(arrays)
    )
    assert bundle.kinds == ("analysis", "hyper_analysis", "synthesis")
    assert tiny.bundle.kinds == ("analysis", "hyper_analysis", "mean", "synthesis")
    with pytest.raises(tgc.BitstreamError, match="was made with model"):
        tiny.decompress(codec.compress(sample_pictures.image(16, 16)))


def test_bundles_that_do_not_fit_together(codec: Codec, tiny: Codec, tmp_path: Path) -> None:
    bundle = codec.bundle
    good = {
        "name": "broken",
        "networks": {kind: bundle.part(kind) for kind in ("analysis", "hyper_analysis")},
        "synthesis": {0.0: bundle.part("synthesis")},
        "z_tables": bundle.z_tables,
        "y_tables": bundle.y_tables,
        "scale_decoder": bundle.scale_decoder,
        "gain": bundle.gain,
        "inverse_gain": bundle.inverse_gain,
        "info": {},
        "context": bundle.context,
    }
    for change, message in (
        ({"y_tables": tiny.bundle.y_tables}, "y tables is 64, expected 512"),
        ({"scale_decoder": tiny.bundle.scale_decoder}, "scale decoder output is 12, expected 24"),
        ({"context": None}, "y tables is 512, expected 64"),
    ):
        with pytest.raises(tgc.BundleError, match=message):
            writing.write_bundle(tmp_path, **{**good, **change})
