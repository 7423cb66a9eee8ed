"""The shipped `mobile` bundle on the 24 Kodak pictures: what the project promises of it."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import tfgan_codec as tgc
from tfgan_codec.bundle.model import Bundle
from tfgan_codec.coding import hyperprior
from tfgan_codec.format import container, geometry, payload
from tfgan_codec.format.tables import uniform_tables
from tfgan_codec.metrics.lpips import Lpips
from tfgan_codec.metrics.psnr import psnr
from tfgan_codec.metrics.ssim import ms_ssim
from tfgan_codec.pictures import reading

pytestmark = pytest.mark.slow

QUALITIES = (40, 110, 180)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.load("mobile")


@pytest.fixture(scope="module")
def kodak(kodak_dir: Path) -> list[np.ndarray]:
    return [reading.read(path).rgb for path in sorted(kodak_dir.glob("kodim*.png"))]


@pytest.fixture(scope="module")
def codings(bundle: Bundle, kodak: list[np.ndarray]) -> list[payload.Symbols]:
    """The symbols of each picture at each of the qualities."""
    analysis = bundle.network("analysis")
    ys = [analysis(geometry.pad_edges(picture, 16)) for picture in kodak]
    return [hyperprior.quantize(bundle, y, quality) for y in ys for quality in QUALITIES]


def test_quality_of_the_shipped_weights(kodak: list[np.ndarray], shared_dir: Path):
    """At .0889 bits per pixel the MobileViT-GAN paper has an MS-SSIM of .9012; there AVIF has 26.6
    dB, an MS-SSIM of .8975 and an LPIPS of .40."""
    codec = tgc.load("mobile")
    blobs = [codec.compress(picture, bpp=0.0889) for picture in kodak]

    def mean(metric: Callable[[np.ndarray, np.ndarray], float], realism: float) -> float:
        decoded = [np.asarray(codec.decompress(blob, realism=realism)) for blob in blobs]
        return float(np.mean([metric(p, d) for p, d in zip(kodak, decoded)]))

    assert mean(ms_ssim, 0) >= 0.915
    assert mean(psnr, 0) >= 26.4
    assert mean(Lpips("alex", shared_dir / "weights"), 1) <= 0.21


def test_rates_from_the_lowest_to_the_highest(kodak: list[np.ndarray]):
    codec = tgc.load("mobile")

    def rate(quality: int) -> float:
        blobs = [codec.compress(picture, quality=quality) for picture in kodak]
        return float(np.mean([8 * len(b) / p[..., 0].size for b, p in zip(blobs, kodak)]))

    assert rate(0) < 0.05
    assert rate(255) > 0.30


@pytest.mark.parametrize("bpp", [0.08, 0.12, 0.2])
def test_a_budget_is_used_and_never_exceeded(kodak: list[np.ndarray], bpp: float):
    codec = tgc.load("mobile")
    for picture in kodak:
        budget = int(bpp * picture[..., 0].size / 8)
        for request in ({"bpp": bpp}, {"nbytes": budget}):
            size = len(codec.compress(picture, **request))
            assert 0.96 * budget <= size <= budget


def test_overhead_and_estimates(bundle: Bundle, codings: list[payload.Symbols]):
    for coding in codings:
        stream = payload.encode_symbols(coding, bundle.z_tables, bundle.y_tables)
        estimate = payload.estimate_bits(coding, bundle.z_tables, bundle.y_tables)
        assert abs(8 * len(stream) - estimate) <= 0.005 * estimate + 8 * 16
        file = container.TgcFile(bundle.model_id, 768, 512, 1, (stream,))
        assert len(container.pack(file)) - len(stream) <= 16


def test_the_training_library_writes_the_same_bytes(bundle: Bundle, codings: list[payload.Symbols]):
    """TensorFlow Compression, where it is installed, or what stands in for it."""
    pytest.importorskip("tensorflow")
    from tfgan_codec.compression import StreamDecoder, encode
    from tfgan_codec.compression.stream_part import StreamPart
    from tfgan_codec.format.scales import crc16

    tables = [bundle.z_tables, uniform_tables(256), bundle.y_tables]
    for coding in codings:
        z_rows = np.broadcast_to(np.arange(coding.z.shape[-1], dtype=np.int32), coding.z.shape)
        index = coding.indexes.astype(np.int32)
        check = np.array(divmod(crc16(coding.indexes), 256), np.int32)
        parts = [(coding.z, z_rows), (check, 0 * check), (coding.r[index > 0], index[index > 0])]
        data = encode([StreamPart(v, rows, t) for (v, rows), t in zip(parts, tables)])
        portable = payload.encode_symbols(coding, bundle.z_tables, bundle.y_tables)
        assert data == portable
        decoder = StreamDecoder(portable, tables)
        for number, (values, rows) in enumerate(parts):
            np.testing.assert_array_equal(decoder.decode(number, rows), values)
        decoder.finish()
        again = payload.decode_symbols(
            data, *index.shape[:2], bundle.z_tables, bundle.y_tables, bundle.scale_decoder
        )
        for want, got in zip(coding, again):
            np.testing.assert_array_equal(want, got)


def test_scale_decoder_is_the_same_everywhere(
    bundle: Bundle, codings: list[payload.Symbols], tmp_path: Path
):
    """int64 numpy, float32 numpy, TensorFlow with 1 and 2 threads, LiteRT with and without XNNPACK:
    on the hyper-latents of Kodak, on random ones, and on random ones at the bounds."""
    pytest.importorskip("tensorflow")
    random = np.random.default_rng(0)
    shape = codings[0].z.shape
    inputs = [coding.z for coding in codings if coding.z.shape == shape]
    inputs += [random.integers(-127, 128, shape) for _ in range(12)]
    inputs += [127 * random.choice([-1, 1], shape) for _ in range(12)]
    np.save(tmp_path / "z.npy", np.stack(inputs))
    exact = np.stack([bundle.scale_decoder(z, exact=True) for z in inputs])
    fast = np.stack([bundle.scale_decoder(z) for z in inputs])
    np.testing.assert_array_equal(fast, exact)
    script = Path(__file__).parent / "format" / "run_scale_decoder.py"
    runtimes = ["tensorflow-1", "tensorflow-2"]
    runtimes += ["litert-xnnpack", "litert-builtin", "litert-reference"]
    for runtime in runtimes:
        subprocess.run(
            [sys.executable, str(script), runtime, str(tmp_path)],
            check=True,
            cwd=Path(__file__).parents[1],
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        np.testing.assert_array_equal(np.load(tmp_path / f"{runtime}.npy"), exact, runtime)


def test_files_decode_to_what_was_coded(bundle: Bundle, kodak: list[np.ndarray]):
    """The estimate of a picture and its file are one thing: symbols survive the file."""
    codec = tgc.Codec(bundle)
    read = functools.partial(
        payload.decode_symbols,
        z_tables=bundle.z_tables,
        y_tables=bundle.y_tables,
        scale_decoder=bundle.scale_decoder,
    )
    for picture in kodak[:4]:
        y = bundle.network("analysis")(geometry.pad_edges(picture, 16))
        want = hyperprior.quantize(bundle, y, 100)
        file = container.parse(codec.compress(picture, quality=100)).file
        got = read(file.streams[0], *want.r.shape[:2])
        np.testing.assert_array_equal(got.r, want.r)
