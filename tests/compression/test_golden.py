"""Our own implementation against TensorFlow Compression, number by number."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")
tensorflow_compression = pytest.importorskip(
    "tensorflow_compression", reason="the reference, TFC, is not installed"
)

from tfgan_codec.compression import deep_factorized, noisy_normal, range_coding, tfc
from tfgan_codec.compression.gdn import GDN
from tfgan_codec.compression.gdn_parameter import GDNParameter
from tfgan_codec.compression.stream_part import StreamPart
from tfgan_codec.entropy.factorized import LIMIT, FactorizedEntropy
from tfgan_codec.entropy.hyperprior import scale_table
from tfgan_codec.format.tables import gaussian_tables, uniform_tables

Gradients = tuple[np.ndarray, list[np.ndarray]]


def close(found: np.ndarray, want: np.ndarray) -> None:
    """Equal to a millionth of each number, or of the largest where it is small."""
    np.testing.assert_allclose(found, want, rtol=1e-6, atol=1e-6 * np.abs(want).max())


def as_float32(tensor: tf.Tensor) -> np.ndarray:
    return tf.cast(tensor, tf.float32).numpy()


def differentiated(function: Callable[[], tf.Tensor], sources: list, upstream: tf.Tensor):
    """Returns a function's values and their gradients after `sources`."""
    with tf.GradientTape() as tape:
        tape.watch([each for each in sources if not isinstance(each, tf.Variable)])
        found = function()
    gradients = tape.gradient(found, sources, output_gradients=upstream)
    return as_float32(found), [as_float32(each) for each in gradients]


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_tfc_s_gdn_is_traced_without_branches(precision: str) -> None:
    """And computes what it does as it comes, bit for bit."""
    x = tf.random.stateless_normal([2, 9, 7, 12], [0, 1])
    layers = [
        make(dtype=tf.keras.mixed_precision.Policy(precision))
        for make in (tensorflow_compression.GDN, tfc.GDN)
    ]
    np.testing.assert_array_equal(*[as_float32(layer(x)) for layer in layers])
    branches = []
    for layer in layers:
        graph = tf.function(layer.__call__).get_concrete_function(x).graph
        branches.append([each.name for each in graph.get_operations() if each.type.endswith("If")])
    assert branches[0]
    assert not branches[1]


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_gdn(inverse: bool, precision: str) -> None:
    random = np.random.default_rng(0)
    x = tf.constant(3.0 * random.standard_normal([2, 9, 7, 12]), tf.float32)
    upstream = tf.constant(random.standard_normal(x.shape), tf.float32)
    if precision != "float32":
        x, upstream = tf.cast(x, tf.bfloat16), tf.cast(upstream, tf.bfloat16)
    results = []
    for make in (GDN, tfc.GDN):
        layer = make(inverse=inverse, dtype=tf.keras.mixed_precision.Policy(precision))
        layer.build(x.shape)
        first = [each.numpy() for each in layer.trainable_variables]
        # Roots on both sides of their bounds, those of negative numbers too.
        moved = np.random.default_rng(1)
        for variable in layer.trainable_variables:
            variable.assign_add(moved.normal(0.0, 0.3, variable.shape).astype(np.float32))
        layer.beta_parameter.variable.assign_add(0.7 * tf.ones([12]))
        layer.beta_parameter.variable[:2].assign([-0.5, 1e-4])
        sources = [x, *layer.trainable_variables]
        values = differentiated(functools.partial(layer, x), sources, upstream)
        results.append((first, *values, [each.name for each in layer.trainable_variables]))
    own, reference = results
    np.testing.assert_array_equal(own[0][0], reference[0][0])
    np.testing.assert_array_equal(own[0][1], reference[0][1])
    close(own[1], reference[1])
    for found, want in zip(own[2], reference[2]):
        close(found, want)
    assert own[3] == reference[3]


def test_gdn_parameters_begin_alike_whatever_is_asked_for() -> None:
    start = np.array([-1.0, 0.0, 1e-12, 0.1, 7.0], np.float32)
    own, reference = GDNParameter(start, minimum=1e-6), tfc.GDNParameter(start, minimum=1e-6)
    np.testing.assert_array_equal(own.variable.numpy(), reference.variable.numpy())
    np.testing.assert_array_equal(own().numpy(), reference().numpy())


def densities(channels: int, seed: int, init_scale: float = 2.0) -> tuple:
    """Returns our density and TFC's, with the same random variables for each channel."""
    shape = {"batch_shape": (channels,), "init_scale": init_scale}
    own = deep_factorized.NoisyDeepFactorized(**shape)
    reference = tfc.NoisyDeepFactorized(**shape)
    random = np.random.default_rng(seed)
    for ours, theirs in zip(own.trainable_variables, reference.trainable_variables):
        assert (ours.name, ours.shape) == (theirs.name, theirs.shape)
        value = theirs.numpy() + random.normal(0.0, 0.5, theirs.shape).astype(np.float32)
        ours.assign(value)
        theirs.assign(value)
    return own, reference


def test_the_learned_density() -> None:
    """Gradients of weights are sums over all places, which must be rounded alike."""
    own, reference = densities(24, seed=2)
    random = np.random.default_rng(3)
    y = tf.constant(random.normal(0.0, 6.0, [3, 200, 2, 24]), tf.float32)
    upstream = tf.constant(random.standard_normal(y.shape), tf.float32)
    found, gradients = differentiated(
        lambda: own.log_prob(y), [y, *own.trainable_variables], upstream
    )
    want, expected = differentiated(
        lambda: reference.log_prob(y), [y, *reference.trainable_variables], upstream
    )
    close(found, want)
    for ours, theirs in zip(gradients, expected):
        np.testing.assert_array_equal(ours, theirs)


def test_checkpoints_of_each_are_read_by_the_other(tmp_path: Path) -> None:
    def parts(gdn, density) -> tf.train.Checkpoint:
        layer = gdn(name="norm")
        layer.build([None, 4, 4, 5])
        prior = density(batch_shape=(3,), init_scale=2.0)
        return tf.train.Checkpoint(layer=layer, prior=prior)

    def values(checkpoint: tf.train.Checkpoint) -> list[tf.Variable]:
        prior = checkpoint.prior.trainable_variables
        return [*checkpoint.layer.trainable_variables, *prior]

    makers = (GDN, deep_factorized.NoisyDeepFactorized), (tfc.GDN, tfc.NoisyDeepFactorized)
    for writer, reader in (makers, makers[::-1]):
        written, read = parts(*writer), parts(*reader)
        for number, variable in enumerate(values(written)):
            variable.assign(tf.fill(variable.shape, 0.5 + number))
        path = written.save(str(tmp_path / "checkpoint"))
        read.restore(path).assert_consumed().assert_existing_objects_matched()
        for want, found in zip(values(written), values(read)):
            np.testing.assert_array_equal(found.numpy(), want.numpy())


def test_the_learned_density_begins_alike() -> None:
    starts = []
    for make in (deep_factorized.NoisyDeepFactorized, tfc.NoisyDeepFactorized):
        tf.keras.utils.set_random_seed(5)
        prior = make(batch_shape=(6,), init_scale=2.0)
        starts.append([each.numpy() for each in prior.trainable_variables])
    for ours, theirs in zip(*starts):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("loc", [0.0, 0.375])
def test_the_normal_density(loc: float) -> None:
    """For all scales of the coding tables, from the mode to tails of e^-700."""
    random = np.random.default_rng(4)
    scale = np.repeat(scale_table(), 200).astype(np.float32)
    reach = random.uniform(-12.0, 12.0, scale.shape)
    y = tf.constant(np.where(random.random(scale.shape) < 0.5, np.round(reach), reach * scale))
    y, scale = tf.cast(y, tf.float32), tf.constant(scale)
    upstream = tf.ones_like(y)

    def of(make) -> Gradients:
        return differentiated(lambda: make(loc=loc, scale=scale).log_prob(y), [y, scale], upstream)

    found, gradients = of(noisy_normal.NoisyNormal)
    want, expected = of(tfc.NoisyNormal)
    assert want.min() < -700.0
    assert np.isfinite(want).all()
    np.testing.assert_allclose(found, want, rtol=1e-6, atol=1e-6)
    for ours, theirs in zip(gradients, expected):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)


def test_far_out_there_is_no_probability() -> None:
    for make in (noisy_normal.NoisyNormal, tfc.NoisyNormal):
        found = make(loc=0.0, scale=1.0).log_prob(tf.constant([1e30, -1e30]))
        assert found.numpy().tolist() == [-np.inf, -np.inf]


def test_tables_of_random_densities() -> None:
    """50 random densities, and as many channels as the systems have."""
    for channels, seed in [(50, 7), (8, 8), (32, 9), (192, 10)]:
        model, tables = FactorizedEntropy(channels), []
        for prior in densities(channels, seed):
            model.prior = prior
            model.prepare_for_coding()
            tables.append(model.tables.read())
        own, reference = tables
        assert own.escape == reference.escape
        assert own.length.max() < 2 * LIMIT + 2
        for ours, theirs in zip(own[:3], reference[:3]):
            np.testing.assert_array_equal(ours, theirs)


def test_coded_bytes() -> None:
    """Streams of three parts, escapes and an empty part among them, read by each other."""
    random = np.random.default_rng(11)
    gaussian = gaussian_tables(scale_table(), 2.0**-20)
    learned = FactorizedEntropy(5)
    learned.prepare_for_coding()
    for size in (0, 1, 7, 3000):
        indexes = random.integers(0, 64, [size, 3]).astype(np.int32)
        wide = np.where(random.random(indexes.shape) < 0.01, 5000.0, scale_table()[indexes])
        residuals = np.round(random.normal(0.0, wide)).astype(np.int32)
        channels = random.integers(0, 5, size).astype(np.int32)
        z = random.integers(-LIMIT, LIMIT + 1, size).astype(np.int32)
        check = random.integers(0, 256, 2).astype(np.int32)
        parts = [
            StreamPart(z, channels, learned.tables.read()),
            StreamPart(check, np.zeros(2, np.int32), uniform_tables(256)),
            StreamPart(residuals, indexes, gaussian),
        ]
        stream = range_coding.encode(parts)
        assert stream == tfc.encode(parts)
        for make in (range_coding.StreamDecoder, tfc.StreamDecoder):
            decoder = make(stream, [part.tables for part in parts])
            for number, part in enumerate(parts):
                found = decoder.decode(number, part.indexes)
                np.testing.assert_array_equal(found, part.values)
            decoder.finish()
