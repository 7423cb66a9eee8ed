"""Soft-to-hard quantisation, its entropy estimate, and its files."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")
stats = pytest.importorskip("scipy.stats")

import tfgan_codec as tgc
from tfgan_codec.entropy import static
from tfgan_codec.entropy.soft_to_hard import (
    SoftToHardEntropy,
    normal_bits,
    normal_probabilities,
    soft_assignment,
)
from tfgan_codec.entropy.static import coding_tables, static_scale_decoder
from tfgan_codec.format import payload

CENTRES = np.arange(-2, 3)


def write(entropy: SoftToHardEntropy, symbols: np.ndarray) -> bytes:
    return static.write(symbols, entropy.tables.read())


def test_soft_assignment_by_hand():
    y, sigma = 0.7, 1.5
    weights = np.exp(-sigma * np.abs(y - CENTRES))
    expected = (weights * CENTRES).sum() / weights.sum()
    np.testing.assert_allclose(soft_assignment(tf.constant(y), sigma), expected, rtol=1e-6)


def test_eq_4_with_its_two_tails():
    phi = stats.norm.cdf
    inner = [phi(k + 0.5) - phi(k - 0.5) for k in (-1, 0, 1)]
    expected = [phi(-1.5), *inner, 1 - phi(1.5)]
    np.testing.assert_allclose(expected, [0.0668, 0.2417, 0.3829, 0.2417, 0.0668], atol=5e-5)
    np.testing.assert_allclose(normal_probabilities(), expected, rtol=1e-6)
    assert -np.sum(expected * np.log2(expected)) == pytest.approx(2.042, abs=1e-3)
    bits = normal_bits(tf.constant(CENTRES, tf.float32))
    np.testing.assert_allclose(bits, -np.log2(expected), rtol=1e-5)


@pytest.mark.parametrize("mean", [-2.3, -0.4, 0.0, 1.7])
@pytest.mark.parametrize("deviation", [0.2, 0.7, -1.3])
def test_eq_4_of_any_normal_distribution_sums_to_1(mean: float, deviation: float):
    probabilities = 2.0 ** -normal_bits(tf.constant(CENTRES, tf.float32), mean, deviation).numpy()
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-6)
    edges = stats.norm.cdf([-np.inf, -1.5, -0.5, 0.5, 1.5, np.inf], mean, abs(deviation))
    np.testing.assert_allclose(probabilities, np.diff(edges), rtol=1e-4, atol=2e-9)


def test_a_rare_channel_can_cost_next_to_nothing():
    """The standard normal alone would ask for 1.385 bits of each zero."""
    entropy = SoftToHardEntropy(2)
    y = tf.zeros([1, 4, 4, 2])
    narrow = entropy(y, training=True, deviation=tf.constant([0.2, 1.0])).bits["y"]
    np.testing.assert_allclose(narrow, 16 * (0.018 + 1.385), rtol=1e-3)
    evaluated = entropy(y, training=False, deviation=tf.constant([0.2, 1.0])).bits["y"]
    np.testing.assert_allclose(evaluated, narrow, rtol=1e-5)


def test_forward_is_hard_and_backward_soft():
    entropy = SoftToHardEntropy(3)
    y = tf.Variable(tf.random.stateless_normal([2, 4, 4, 3], [1, 2], stddev=2.0))
    with tf.GradientTape(persistent=True) as tape:
        hard = entropy(y, training=True).latents
        soft = soft_assignment(y, 1.0)
    np.testing.assert_allclose(hard, np.clip(np.floor(y.numpy() + 0.5), -2, 2), atol=1e-6)
    np.testing.assert_allclose(tape.gradient(hard, y), tape.gradient(soft, y), atol=1e-6)
    np.testing.assert_array_equal(entropy(y, training=False).latents, np.round(hard))


def test_training_bits_are_the_sum_of_eq_4():
    entropy = SoftToHardEntropy(3)
    y = tf.random.stateless_normal([2, 4, 4, 3], [1, 2])
    bits = entropy(y, training=True).bits["y"]
    hard = np.clip(np.floor(y.numpy() + 0.5), -2, 2).astype(int)
    np.testing.assert_allclose(
        bits, -np.log2(normal_probabilities())[hard + 2].sum(axis=(1, 2, 3)), rtol=1e-4
    )
    # Until tables are measured, evaluation counts the same.
    np.testing.assert_allclose(entropy(y, training=False).bits["y"], bits, rtol=1e-4)


@pytest.fixture
def measured() -> tuple[SoftToHardEntropy, np.ndarray]:
    entropy = SoftToHardEntropy(16)
    entropy(tf.zeros([1, 4, 4, 16]), training=False)
    random = np.random.default_rng(0)
    deviations = np.geomspace(0.1, 2.0, 16)
    symbols = np.clip(np.round(random.normal(0, deviations, (37, 50, 16))), -2, 2).astype(np.int32)
    entropy.measure([symbols])
    return entropy, symbols


def test_file_is_as_long_as_the_entropy_of_its_tables(measured):
    entropy, symbols = measured
    data = write(entropy, symbols)
    bits = float(entropy(symbols[None], training=False).bits["y"][0])
    assert 0 <= 8 * len(data) - bits <= 0.005 * bits + 8 * 4  # 2 bytes of it are the check
    np.testing.assert_array_equal(static.read(data, 37, 50, entropy.tables.read()), symbols)


def test_measured_tables_cost_less_than_normal_ones(measured):
    entropy, symbols = measured
    fixed = SoftToHardEntropy(16)
    fixed(tf.zeros([1, 4, 4, 16]), training=False)
    fixed.prepare_for_coding()
    assert len(write(entropy, symbols)) < 0.9 * len(write(fixed, symbols))


def test_the_portable_coder_writes_and_reads_the_same_bytes(measured):
    entropy, symbols = measured
    z_tables, y_tables = coding_tables(entropy.tables.read())
    decoder = static_scale_decoder(16)
    z = np.zeros((10, 13, 1), np.int32)
    index = payload.index_map(decoder, z, 37, 50)
    np.testing.assert_array_equal(index[5, 7], np.arange(1, 17))
    data = payload.encode_symbols(payload.Symbols(z, index, symbols), z_tables, y_tables)
    assert data == write(entropy, symbols)
    decoded = payload.decode_symbols(data, 37, 50, z_tables, y_tables, decoder)
    np.testing.assert_array_equal(decoded.r, symbols)


def test_preparing_keeps_measured_tables(measured):
    entropy, symbols = measured
    data = write(entropy, symbols)
    entropy.prepare_for_coding()
    assert write(entropy, symbols) == data


def test_damage_and_missing_tables_are_told(measured):
    entropy, symbols = measured
    with pytest.raises(tgc.BitstreamError):
        static.read(b"\x13\x57" + write(entropy, symbols)[2:], 37, 50, entropy.tables.read())
    with pytest.raises(tgc.UsageError, match="prepare_for_coding"):
        write(SoftToHardEntropy(2), np.zeros((4, 4, 2), np.int32))
    with pytest.raises(tgc.UsageError, match="no pictures"):
        entropy.measure([])
