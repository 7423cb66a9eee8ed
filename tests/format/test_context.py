"""Tests of the integer context model: the same integers however many latents are predicted."""

from __future__ import annotations

import time

import context_models
import numpy as np
import pytest
from context_models import CHW, FEATURES, HWC

from tfgan_codec.errors import BundleError
from tfgan_codec.format import context, prediction, wavefront
from tfgan_codec.format.context_model import ContextModel
from tfgan_codec.format.rangecoder import RangeDecoder, RangeEncoder
from tfgan_codec.format.scales import IntegerConv


def stream(model: ContextModel, features: np.ndarray, q: np.ndarray) -> bytes:
    coded = context.encode(model, features, q)
    encoder = RangeEncoder()
    encoder.encode(coded.values, coded.tables, context_models.tables())
    return encoder.finish()


def decode(
    model: ContextModel, features: np.ndarray, data: bytes, at_once: int | None = None
) -> np.ndarray:
    decoder = RangeDecoder(data)
    read = lambda tables: decoder.decode(tables, context_models.tables())  # noqa: E731
    q = context.decode(model, features, read, at_once)
    decoder.finish()
    return q


@pytest.mark.parametrize("axes", [HWC, CHW])
@pytest.mark.parametrize("kernel", [(5, 5, 5), (3, 7, 11), (1, 1, 1)])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 12), (2, 3, 12), (5, 1, 7)])
def test_fronts_and_single_latents_decode_alike(
    shape: tuple[int, int, int], kernel: tuple[int, int, int], axes: tuple[int, ...]
) -> None:
    model = context_models.random_model(kernel, axes)
    features, q = context_models.random_latents(shape)
    data = stream(model, features, q)
    for at_once in (None, 1, 3):
        decoded = decode(model, features, data, at_once)
        assert decoded.dtype == np.int32
        assert np.array_equal(decoded, q)


@pytest.mark.parametrize("axes", [HWC, CHW])
def test_float32_equals_the_integer_definition(axes: tuple[int, ...]) -> None:
    """Written out again from docs/format.md, one latent at a time."""
    model = context_models.random_model((3, 5, 3), axes, seed=1)
    shape = 3, 4, 5
    features, q = context_models.random_latents(shape, seed=1)
    q[0, 0, 0], q[1, 1, 1] = 1000, -1000  # seen as 127 and -127
    grid = np.transpose(np.clip(q, -127, 127), axes)

    def run(layer: IntegerConv, a: np.ndarray) -> np.ndarray:
        total = a @ layer.kernel[0, 0].astype(np.int64) + layer.bias
        return np.clip((total + (1 << (layer.shift - 1))) >> layer.shift, 0, layer.maximum)

    expected = {}
    for x in np.ndindex(grid.shape):
        total = model.convolution.bias.astype(np.int64)
        for tap in np.argwhere(wavefront.taps(model.kernel)):
            y = x + tap - np.array(model.kernel) // 2
            if (y >= 0).all() and (y < grid.shape).all():
                total = total + grid[tuple(y)] * model.convolution.kernel[tuple(tap)].astype(int)
        a = np.clip((total + 4) >> 3, 0, 255)
        row, column, channel = (x[axes.index(axis)] for axis in range(3))
        own = features[row, column, FEATURES * channel : FEATURES * (channel + 1)]
        a = np.concatenate([a, own])
        for layer in model.joint:
            a = run(layer, a)
        eighths = int(run(model.mean, a)[0]) - 1024
        table = int(run(model.table, a)[0]) * 8 + eighths % 8
        expected[x] = table, q[row, column, channel] - eighths // 8
    order = sorted(
        expected,
        key=lambda x: (
            np.dot(wavefront.strides(model.kernel), x),
            np.dot(wavefront.strides(model.kernel)[:2], x[:2]),
            x,
        ),
    )
    coded = context.encode(model, features, q)
    assert list(zip(coded.tables.tolist(), coded.values.tolist())) == [expected[x] for x in order]
    assert len(set(coded.tables.tolist())) > 10
    for exact in (False, True):
        predictor = prediction.Predictor(model, features, exact)
        predictor.canvas.fill(np.transpose(q, model.axes))
        fronts = wavefront.fronts(predictor.shape, model.kernel)
        parts = [predictor(predictor.elements(f), predictor.canvas.cells(f))[0] for f in fronts]
        assert np.array_equal(np.concatenate(parts), coded.tables)


def test_later_latents_change_nothing() -> None:
    """What comes after a latent in raster order has no part in its prediction."""
    model = context_models.random_model((3, 3, 3))
    features, q = context_models.random_latents((4, 4, 6))
    first = context.encode(model, features, q)
    element = np.concatenate(
        [f.line * 6 + f.depth for f in wavefront.fronts((4, 4, 6), model.kernel)]
    )
    changed = q.copy()
    changed.reshape(-1)[40:] += 3
    tables = context.encode(model, features, changed).tables
    assert np.array_equal(tables[element <= 40], first.tables[element <= 40])
    assert not np.array_equal(tables[element > 40], first.tables[element > 40])


def test_models_out_of_bounds() -> None:
    model = context_models.random_model((3, 3, 3))
    model.check()
    first = model.convolution
    ahead = first.kernel.copy()
    ahead[1, 1, 1, 0] = 1
    large = np.where(wavefront.taps((3, 3, 3))[..., None], 127, 0) * np.ones(8, np.int32)
    wide = model.joint[0]._replace(kernel=np.zeros((3, 3, 10, 12), np.int32))
    for broken, message in (
        (model._replace(axes=(0, 1, 1)), "axes"),
        (model._replace(convolution=first._replace(kernel=ahead)), "looks ahead"),
        (model._replace(convolution=first._replace(kernel=first.kernel[:2])), "kernel is"),
        (
            model._replace(convolution=first._replace(kernel=large, bias=first.bias + 900_000)),
            "may reach",
        ),
        (model._replace(joint=(wide, model.joint[1])), "pointwise"),
        (model._replace(joint=model.joint[::-1]), "expects 10 channels but gets 16"),
        (model._replace(table=model.mean), "maximum 2047"),
        (model._replace(mean=model.joint[0]), "expects"),
    ):
        with pytest.raises(BundleError, match=message):
            broken.check()


@pytest.mark.slow
@pytest.mark.parametrize("kernel", [(5, 5, 5), (11, 11, 11)])
def test_fronts_are_many_times_faster(kernel: tuple[int, int, int]) -> None:
    """`benchmarks.context` tells how many; this only finds out when it stops being so."""
    model = context_models.random_model(kernel)
    features, q = context_models.random_latents((16, 16, 64))
    data = stream(model, features, q)
    seconds = []
    for at_once in (None, 1):
        start = time.process_time()
        assert np.array_equal(decode(model, features, data, at_once), q)
        seconds.append(time.process_time() - start)
    assert seconds[1] > 4 * seconds[0]
