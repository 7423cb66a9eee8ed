"""Theory of the entropy models: what training estimates, what files cost."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from tfgan_codec.entropy.factorized import FactorizedEntropy
from tfgan_codec.entropy.hyperprior import SCALE_MIN, HyperpriorEntropy, scale_table
from tfgan_codec.format import payload
from tfgan_codec.format.scales import SCALES
from tfgan_codec.models.mobile import Mobile

SEED = tf.constant([0, 0])


@pytest.fixture(scope="module")
def v(small_mobile: Mobile) -> tf.Tensor:
    """Latents with many non-zero residuals, of a size that is no multiple of 4."""
    return 2.0 * tf.random.stateless_normal([1, 30, 41, 16], [1, 2])


def test_noisy_bits_bound_the_bits_of_rounded_hyper_latents():
    """With the noise the rate is that of a smoother density: never less on average."""
    model = FactorizedEntropy(4)
    y = 3.0 * tf.random.stateless_normal([1, 64, 64, 4], [3, 4])
    noisy = float(model(y, training=True, seed=SEED).bits["z"])
    rounded = float(model(y, training=False, seed=SEED).bits["z"])
    assert noisy == pytest.approx(rounded, rel=0.02)


@pytest.mark.parametrize(
    ("upstream", "passed"),
    # Descent moves against the gradient: inwards it passes, further outwards it does not.
    [([-1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]), ([1.0, 1.0, -1.0], [0.0, 1.0, 0.0])],
)
def test_hyper_latents_are_clipped(upstream: list[float], passed: list[float]):
    model = FactorizedEntropy(1)
    y = tf.Variable([[[[-500.0], [0.4], [500.0]]]])
    with tf.GradientTape() as tape:
        latents = model(y, training=True, seed=SEED).latents
        loss = tf.reduce_sum(tf.reshape(latents, [3]) * tf.constant(upstream))
    np.testing.assert_array_equal(latents.numpy().ravel(), [-127.0, 0.0, 127.0])
    np.testing.assert_array_equal(tape.gradient(loss, y).numpy().ravel(), passed)


def test_files_cost_what_was_estimated(small_mobile: Mobile, v: tf.Tensor):
    entropy = small_mobile.entropy
    data = entropy.write(entropy.symbols(v))
    bits = sum(float(b) for b in entropy(v, training=False, seed=SEED).bits.values())
    assert abs(8 * len(data) - bits) <= 0.005 * bits + 8 * 16


def test_writing_and_reading_return_the_symbols(small_mobile: Mobile, v: tf.Tensor):
    entropy = small_mobile.entropy
    symbols = entropy.symbols(v)
    again = entropy.read(entropy.write(symbols), 30, 41)
    for want, got in zip(symbols, again):
        np.testing.assert_array_equal(want, got)
    estimate = entropy(v, training=False, seed=SEED)
    np.testing.assert_allclose(entropy.latents(symbols), estimate.latents, atol=1e-5)


def test_elements_of_index_0_are_not_coded(small_mobile: Mobile, v: tf.Tensor):
    symbols = small_mobile.entropy.symbols(v)
    assert (symbols.indexes == 0).any()
    assert (symbols.indexes > 0).any()
    assert not symbols.r[symbols.indexes == 0].any()


def test_portable_coder_writes_the_same_bytes(small_mobile: Mobile, v: tf.Tensor):
    entropy = small_mobile.entropy
    symbols = entropy.symbols(v)
    tables = entropy.side.tables.read(), entropy.tables.read()
    decoder = small_mobile.normative().scale_decoder
    data = payload.encode_symbols(symbols, *tables)
    assert data == entropy.write(symbols)
    read = payload.decode_symbols(data, 30, 41, *tables, decoder)
    for want, got in zip(symbols, read):
        np.testing.assert_array_equal(want, got)


def test_scale_table_is_geometric():
    table = scale_table()
    assert (len(table), table[0]) == (SCALES, SCALE_MIN)
    np.testing.assert_allclose(table[1:] / table[:-1], (64 / 0.11) ** (1 / 63))


def test_tables_are_made_once_and_stay(small_mobile: Mobile):
    entropy: HyperpriorEntropy = small_mobile.entropy
    before = entropy.side.tables.read()
    small_mobile.prepare_for_coding()
    np.testing.assert_array_equal(before.cdf, entropy.side.tables.read().cdf)
