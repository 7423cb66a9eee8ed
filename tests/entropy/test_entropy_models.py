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


def bits_per_latent(model: FactorizedEntropy, y: tf.Tensor, training: bool) -> np.ndarray:
    """Of each picture."""
    return model(y, training=training, seed=SEED).bits["z"].numpy() / np.prod(y.shape[1:])


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    """The mean over independent pictures, and its standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def test_noise_never_makes_whole_latents_cheaper():
    """Jensen: -log2 p is convex (p is logistic at first, smoothed by a box of width 1), and the
    noise has mean 0, so E[-log2 p(k + u)] >= -log2 p(k) for each whole k, by an excess that the
    integral over u gives."""
    tf.keras.utils.set_random_seed(1)
    model = FactorizedEntropy(4)
    whole, noise = np.arange(-15, 16), (np.arange(256) + 0.5) / 256 - 0.5
    places = (whole[:, None] + np.append(noise, 0.0)).reshape(-1, 1).repeat(4, 1)
    costs = -model.prior.log_prob(places.astype(np.float32)).numpy() / np.log(2.0)
    costs = costs.reshape(len(whole), -1, 4)
    excess = costs[:, :-1].mean(1) - costs[:, -1]
    assert excess.min() > -1e-5  # float32

    y = tf.round(3.0 * tf.random.stateless_normal([64, 32, 32, 4], [3, 4]))
    y = tf.clip_by_value(y, -15.0, 15.0)
    noisy, rounded = (bits_per_latent(model, y, training) for training in (True, False))
    mean, error = mean_and_error(noisy - rounded)
    assert mean > 4.0 * error
    shares = np.stack([(y.numpy() == k).mean((0, 1, 2)) for k in whole])
    assert mean == pytest.approx(float((shares * excess).sum(0).mean()), abs=4.0 * error)


def test_training_estimates_what_files_cost():
    """Latents spread smoothly over several whole numbers: rounding moves them as noise does
    (Gray and Neuhoff, 1998), so both rates have one mean."""
    tf.keras.utils.set_random_seed(1)
    model = FactorizedEntropy(4)
    y = 3.0 * tf.random.stateless_normal([64, 32, 32, 4], [3, 4])
    noisy, rounded = (bits_per_latent(model, y, training) for training in (True, False))
    mean, error = mean_and_error(noisy - rounded)
    assert error < 2e-4 * rounded.mean()
    assert abs(mean) < 4.0 * error


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
    bits = sum(float(b[0]) for b in entropy(v, training=False, seed=SEED).bits.values())
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
